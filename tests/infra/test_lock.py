"""Which of the lock's packages an archive has to hold."""

from infra.local.stack import ROOT
from infra.package.lock import PROVIDED_BY_LAMBDA, needed, read_lock

LOCK = """\
# This file was made by a tool
boto3==1.44.5 \\
    --hash=sha256:aa
    # via sluice (pyproject.toml)
urllib3==2.8.0 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via
    #   boto3
    #   httpz
httpz==0.1 ; python_version < "3.13" \\
    --hash=sha256:dd
    # via sluice (pyproject.toml)
"""


def test_each_package_is_read_with_its_hashes() -> None:
    """A package's lines are kept as they stand, for pip to check."""
    assert [(pin.name, pin.text.count("--hash=")) for pin in read_lock(LOCK)] == [
        ("boto3", 1),
        ("urllib3", 2),
        ("httpz", 1),
    ]


def test_who_needs_a_package_is_read() -> None:
    """The project and other packages are both told, in the one-line and in the listed form."""
    assert {pin.name: pin.wanted_by for pin in read_lock(LOCK)} == {
        "boto3": {"sluice"},
        "urllib3": {"boto3", "httpz"},
        "httpz": {"sluice"},
    }


def test_a_condition_on_the_environment_is_read() -> None:
    """A marker is told apart from the version."""
    assert {pin.name: pin.marker for pin in read_lock(LOCK)} == {
        "boto3": "",
        "urllib3": "",
        "httpz": 'python_version < "3.13"',
    }


def test_what_lambda_provides_is_left_out() -> None:
    """The AWS SDK and what only it needs stay out of the archive."""
    names = {pin.name for pin in needed(read_lock((ROOT / "requirements.lock").read_text(encoding="utf-8")))}

    assert names & PROVIDED_BY_LAMBDA == set()
    assert {"slack-bolt", "httpx", "pydantic", "cedarpy"} <= names


def test_what_another_package_needs_stays_in_although_lambda_provides_it() -> None:
    """A package that the archive needs has the locked version there, not the runtime's."""
    assert [pin.name for pin in needed(read_lock(LOCK))] == ["urllib3", "httpz"]
