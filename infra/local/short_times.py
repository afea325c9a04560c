"""The shipped policy with other times, so that a script can show reminders and expiry without waiting for minutes."""

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.package.errors import BuildError

SETTINGS = "settings.toml"


@contextlib.contextmanager
def policy_with(times: Mapping[str, str], policy: Path) -> Iterator[Path]:
    """Copy a policy's folder, give its settings these times, and take it away again when the block ends.

    Args:
        times: key in settings.toml → duration, such as `{"expires": "20s"}`.
        policy: the folder to copy.

    Raises:
        BuildError: a key is not there exactly once.
    """
    with tempfile.TemporaryDirectory(prefix="sluice-policy-") as scratch:
        folder = Path(scratch) / "policy"
        shutil.copytree(policy, folder)
        settings = folder / SETTINGS
        settings.write_text(with_times(settings.read_text(encoding="utf-8"), times), encoding="utf-8")
        yield folder


def with_times(settings: str, times: Mapping[str, str]) -> str:
    """Return the text of settings.toml with these durations; all else, comments too, stays.

    Raises:
        BuildError: a key is not there exactly once.
    """
    for key, duration in times.items():
        settings, replaced = re.subn(rf'(?m)^({re.escape(key)}\s*=\s*)"[^"]*"', rf'\g<1>"{duration}"', settings)
        if replaced != 1:
            raise BuildError(f"{SETTINGS} has the time {key} {replaced} times, not once")
    return settings
