"""What is made of the answers about known holes; the tools themselves are not asked here."""

import os
import sys

import pytest

from infra.advisories import Answer, ask, judge_npm, judge_python

SOUND = {"name": "idna", "version": "3.20", "vulns": []}
HOLLOW = {
    "name": "httpx",
    "version": "0.28.1",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["0.29", "1.0"], "aliases": [], "description": "..."}],
}
UNKNOWN = {"name": "h11", "skip_reason": "Dependency not found on PyPI and could not be audited: h11 (0.16.0)"}


def test_a_hole_in_what_is_deployed_fails_the_check() -> None:
    """The package, the advisory and where it is mended are told, and what to run."""
    assert judge_python({"dependencies": [SOUND, HOLLOW]}) == Answer(
        (
            "httpx 0.28.1: PYSEC-2026-1, mended in 0.29 or 1.0",
            "Known holes in requirements.lock: run `make lock`, then `make test`.",
        ),
        fails=True,
    )


def test_a_hole_that_nobody_mended_yet_says_so() -> None:
    """There may be no version to go to."""
    hole = {"id": "PYSEC-2026-2", "fix_versions": []}

    assert judge_python({"dependencies": [{**HOLLOW, "vulns": [hole]}]}).told[0].endswith("mended in none yet")


def test_a_sound_lock_is_said_in_one_line() -> None:
    """The line counts the packages, so that an empty lock does not look sound."""
    assert judge_python({"dependencies": [SOUND]}) == Answer(
        ("PyPI's advisories: no known hole in the 1 packages of requirements.lock.",)
    )


def test_packages_that_the_advisories_do_not_know_are_counted() -> None:
    """Half an answer is told as half an answer."""
    assert judge_python({"dependencies": [SOUND, UNKNOWN]}).told == (
        "PyPI's advisories know nothing of 1 of 2 packages.",
        "PyPI's advisories: no known hole in the 1 packages of requirements.lock.",
    )


@pytest.mark.parametrize("document", [None, [], {}, {"dependencies": []}, {"dependencies": [UNKNOWN]}])
def test_advisories_out_of_reach_fail_nothing_and_are_said(document: object) -> None:
    """Offline, or with an index that has no advisories, one line says that nothing was checked."""
    assert judge_python(document) == Answer(("PyPI's advisories could not be reached from here: nothing was checked.",))


def test_holes_in_tools_are_told_and_fail_nothing() -> None:
    """What never runs for anybody else is worth a line and not a stop."""
    document = {"vulnerabilities": {"tar": {"severity": "high"}, "osls": {"severity": "low"}}}

    assert judge_npm(document) == Answer(
        (
            "npm osls: low",
            "npm tar: high",
            "Known holes in tools of npm, none of which is deployed: see `npm audit`.",
        )
    )


def test_sound_tools_are_said_in_one_line() -> None:
    """No vulnerability is an answer too."""
    assert judge_npm({"vulnerabilities": {}}).told == ("npm's advisories: no known hole in package-lock.json.",)


@pytest.mark.parametrize("document", [None, "", {"message": "405 Method Not Allowed"}, {"error": {"code": "ENOAUDIT"}}])
def test_a_registry_without_advisories_is_said(document: object) -> None:
    """A mirror that refuses the question is as good as none."""
    assert judge_npm(document).told == ("npm's advisories could not be reached from here: nothing was checked.",)


@pytest.mark.parametrize(
    ("words", "document"),
    [
        ([sys.executable, "-c", "print('{}')"], {}),
        ([sys.executable, "-c", "print('no JSON')"], None),
        ([sys.executable, "-c", "import threading; threading.Event().wait()"], None),
        (["a-tool-that-nobody-has"], None),
    ],
)
def test_a_tool_that_does_not_answer_is_not_waited_for(words: list[str], document: object) -> None:
    """Missing, silent or talkative in another way: the check goes on."""
    assert ask(words, os.environ, longest_seconds=1) == document
