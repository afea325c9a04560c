"""Whether the domain's own unit tests notice every change of the domain (``make test-mutants``).

mutmut changes the functions of a copy, one little change at a time, and runs the tests against each. A change that no
test notices has to stand in ``mutants.toml`` with the reason why it may live, and what stands there has to be alive.
mutmut leaves tables, constants and properties as they are: that tests name those is for their reader to see.

The exit status is 0 when both agree, else 1. ``python -m tests.mutants audit moves`` looks at those modules alone.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
LIST: Final = Path(__file__).with_suffix(".toml")
COPIED: Final = (
    "pyproject.toml",
    "handler/__init__.py",
    "handler/domain",
    "tests/__init__.py",
    "tests/makers.py",
    "tests/unit/__init__.py",
    "tests/unit/domain",
)
MUTMUT: Final = Path(sys.executable).with_name("mutmut")
SECONDS_BETWEEN_REPORTS: Final = 20
LONGEST_COMPLAINT: Final = 4000
# A loop that a mutant made endless may collect something in each turn: it is to fail before the machine does.
MOST_BYTES: Final = 2 * 1024**3
UNNOTICED: Final = frozenset({"survived", "no tests"})
NOTICED: Final = frozenset({"killed", "timeout", "caught by type check"})
_COUNTED: Final = re.compile(r"(\d+)/(\d+) ")
_RESULT: Final = re.compile(r"^ +(handler\.domain\.(\w+)\.x(_|ǁ\w+?ǁ)(\w+)__mutmut_\d+): ([\w ]+)$", re.MULTILINE)


class Mutant(NamedTuple):
    """A change of one function: the lines that were, and the lines that came instead; numbers would not last."""

    where: str
    was: str
    became: str


class MutmutFailed(Exception):
    """mutmut itself did not work; the message is the end of what it said."""


def main(modules: Sequence[str]) -> int:
    """Run mutmut on a copy, compare, and say what is to be done; without modules, for the whole domain."""
    listed = read_list(LIST.read_text("utf-8"))
    if modules:
        listed = Counter({each: count for each, count in listed.items() if each.where.partition(".")[0] in modules})
    with suppress(OSError, ValueError):  # not every system has this limit
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    began = time.monotonic()
    with TemporaryDirectory(prefix="sluice-mutants-") as folder:
        copy = Path(folder)
        for name in COPIED:
            _copy(ROOT / name, copy / name)
        try:
            _run(copy, [f"handler.domain.{module}.*" for module in modules], began)
            results = read_results(_asked(copy, "results", "--all", "true"), modules)
            unnoticed = Counter(
                read_mutant(where, _asked(copy, "show", name))
                for name, (where, status) in results.items()
                if status in UNNOTICED
            )
        except MutmutFailed as failure:
            print(f"mutmut could not be run:\n{failure}", file=sys.stderr)
            return 1
    statuses = Counter(status for _, status in results.values())
    counts = ", ".join(f"{count} {status}" for status, count in statuses.most_common())
    print(f"{len(results)} mutants in {time.monotonic() - began:.0f} s: {counts}")
    complaints = [*compare(unnoticed, listed), *_undecided(statuses)]
    print("\n".join(complaints) or f"{listed.total()} survived, each with its reason in {LIST.name}")
    return 1 if complaints or not results else 0


def read_list(text: str) -> Counter[Mutant]:
    """Read ``mutants.toml``: each ``[[alive]]`` has ``where``, ``was``, ``became``, ``because``, maybe ``times``."""
    listed: Counter[Mutant] = Counter()
    for entry in tomllib.loads(text).get("alive", []):
        if not entry["because"].strip():
            raise ValueError(f"no reason is given why the mutant of {entry['where']} may live")
        listed[Mutant(entry["where"], entry["was"].strip(), entry["became"].strip())] += entry.get("times", 1)
    return listed


def read_results(printed: str, modules: Sequence[str] = ()) -> dict[str, tuple[str, str]]:
    """Read ``mutmut results``: each mutant's name, with where it is (``module.function``) and what became of it."""
    results = {}
    for found in _RESULT.finditer(printed):
        name, module, owner, function, status = found.groups()
        if not modules or module in modules:
            results[name] = (".".join(filter(None, (module, owner.strip("ǁ_"), function))), status)
    return results


def read_mutant(where: str, diff: str) -> Mutant:
    """Read ``mutmut show``: the lines taken away and the lines added, without their indentation."""
    body = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    was, became = ("\n".join(line[1:].strip() for line in body if line[:1] == sign) for sign in "-+")
    return Mutant(where, was, became)


def compare(unnoticed: Counter[Mutant], listed: Counter[Mutant]) -> list[str]:
    """Return what does not agree: survivors without a reason, and reasons without a survivor."""
    return [
        f"\n{heading}: {mutant.where}{f' ({count} times)' if count > 1 else ''}\n{_shown(mutant)}"
        for heading, mutants in (
            ("no test notices this, and no reason is given", unnoticed - listed),
            ("listed, but noticed or gone: take it off the list", listed - unnoticed),
        )
        for mutant, count in sorted(mutants.items())
    ]


def _shown(mutant: Mutant) -> str:
    lines = [("-", line) for line in mutant.was.splitlines()] + [("+", line) for line in mutant.became.splitlines()]
    return "\n".join(f"  {sign} {line}" for sign, line in lines)


def _undecided(statuses: Counter[str]) -> list[str]:
    odd = sorted(statuses.keys() - UNNOTICED - NOTICED)
    return [f"\n{statuses[status]} mutants are not decided ({status}): run it again" for status in odd]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)


def _asked(copy: Path, *words: str) -> str:
    done = subprocess.run([MUTMUT, *words], cwd=copy, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        raise MutmutFailed(done.stdout + done.stderr)
    return done.stdout


def _run(copy: Path, names: Sequence[str], began: float) -> None:
    words = (str(MUTMUT), "run", "--max-children", str(os.cpu_count() or 1), *names)
    with subprocess.Popen(  # noqa: S603 - our own words
        words, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as running:
        try:
            said = _followed(running.stdout or (), began)
        except BaseException:
            os.killpg(running.pid, signal.SIGKILL)  # its own children too
            raise
    if running.returncode != 0:
        raise MutmutFailed(said)


def _followed(lines: Iterable[str], began: float) -> str:
    """Read what mutmut says to its end, and report how far it is from time to time; return the end of it."""
    last, reported = "", began
    for line in lines:  # universal newlines: each turn of mutmut's wheel is a line
        counted = _COUNTED.search(line)
        if counted is None:
            last = (last + line)[-LONGEST_COMPLAINT:]
        elif time.monotonic() - reported > SECONDS_BETWEEN_REPORTS:
            reported = time.monotonic()
            print(f"  {counted[1]} of {counted[2]} mutants after {reported - began:.0f} s", flush=True)
    return last


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
