"""Whether the suites notice what must never happen (``make test-planted``).

Each of five deliberate breakages of the product is planted into a copy of the repository, where the suites named with
it must go red; in the unbroken copy they are green. The exit status is 0 when all of that is so, else 1.
``python -m tests.planted digest`` plants those only whose name holds the word.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
GREEN, RED = 0, 1  # of pytest's exit codes: others say that it could not run
LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", ".*", "node_modules", "mutants")
CRASHES: Final = "tests/faults/test_crashes.py::test_a_killed_worker_loses_nothing_and_doubles_nothing"
FAULTS: Final = "tests/faults/test_faults.py::test_a_failing_neighbour_breaks_no_promise"
EXECUTE: Final = "handler/flows/execute.py"


class Breakage(NamedTuple):
    """What is broken: the one place in ``file`` that says ``was`` says ``became``; each of ``suites`` must notice."""

    name: str
    file: str
    was: str
    became: str
    suites: tuple[str, ...]


BREAKAGES: Final = (
    Breakage(
        "announce before act",
        EXECUTE,
        """    answer, problem = _write(world, intent, condition)
    verdict = _read_back(world, intent, answer)
    settle = partial(lifecycle.settled, verdict=verdict, now=world.clock.now(), problem=problem)
    return _recorded(world, intent, settle)
""",
        """    from handler.domain.verdict import Took

    settle = partial(lifecycle.settled, verdict=Took(condition), now=world.clock.now(), problem=None)
    done = _recorded(world, intent, settle)
    _write(world, intent, condition)
    return done
""",
        (f"{CRASHES}[scale]", "tests/flows/test_execute.py"),
    ),
    Breakage(
        "retry PUT on a time-out",
        EXECUTE,
        """    except DataFlowError as error:
        return (Answer.UNCLEAR if error.may_have_changed else Answer.REFUSED), type(error).__name__
""",
        """    except DataFlowError as error:
        if error.may_have_changed:
            return _write(world, intent, condition)
        return Answer.REFUSED, type(error).__name__
""",
        (f"{FAULTS}[scale]", "tests/flows/test_execute.py"),
    ),
    Breakage(
        "drop the digest check",
        "handler/domain/review.py",
        """    if digest != request.digest:
        return Objection.ALTERED
""",
        "",
        (f"{CRASHES}[altered button]", "tests/flows/test_clicks.py", "tests/model"),
    ),
    Breakage(
        "release the lock on unknown",
        "handler/domain/request.py",
        """        return self in {State.PENDING, State.APPROVED, State.APPLYING, State.UNKNOWN, State.REVERTING}
""",
        """        return self in {State.PENDING, State.APPROVED, State.APPLYING, State.REVERTING}
""",
        (f"{CRASHES}[unknown, taken]", f"{FAULTS}[unknown, lost]", "tests/flows/test_execute.py"),
    ),
    Breakage(
        "revert without comparing",
        "handler/domain/overlay.py",
        """        if now != ours:
            return StandDown(Why.MOVED_SINCE, found)
""",
        "",
        (f"{CRASHES}[edited meanwhile]", "tests/flows/test_revert.py", "tests/flows/test_ending.py", "tests/model"),
    ),
)


def main(words: list[str]) -> int:
    """Plant each breakage whose name holds one of the words, or all of them; say what was noticed."""
    chosen = [each for each in BREAKAGES if not words or any(word in each.name for word in words)]
    with TemporaryDirectory(prefix="sluice-planted-") as folder:
        copy = Path(folder) / "sluice"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        for name in (".playground", "node_modules"):  # what was installed, to be used and not to be changed
            (copy / name).symlink_to(ROOT / name)
        wrong = [*_not_green(copy, chosen), *(problem for each in chosen for problem in _unnoticed(copy, each))]
    print("\n".join(wrong) or f"all {len(chosen)} breakages were noticed by all the suites that must")
    return 1 if wrong or not chosen else 0


def _not_green(copy: Path, chosen: list[Breakage]) -> list[str]:
    suites = sorted({suite for each in chosen for suite in each.suites})
    return [f"{suite} is not green in an unbroken copy" for suite in suites if _ended(copy, "unbroken", suite) != GREEN]


def _unnoticed(copy: Path, breakage: Breakage) -> list[str]:
    path = copy / breakage.file
    whole = path.read_text("utf-8")
    if whole.count(breakage.was) != 1:
        return [f"{breakage.name}: {breakage.file} has changed; there is no one place to break"]
    path.write_text(whole.replace(breakage.was, breakage.became), "utf-8")
    try:
        return [
            f"{breakage.name}: {suite} did not notice"
            for suite in breakage.suites
            if _ended(copy, breakage.name, suite) != RED
        ]
    finally:
        path.write_text(whole, "utf-8")


def _ended(copy: Path, name: str, suite: str) -> int:
    began = time.monotonic()
    words = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", suite]
    whole = {**os.environ, "SLUICE_WHOLE_MATRIX": "1"}
    done = subprocess.run(words, cwd=copy, env=whole, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    became = {GREEN: "green", RED: "red"}.get(
        done.returncode, f"could not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    )
    print(f"{name}: {suite}: {became} ({time.monotonic() - began:.0f} s)", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
