"""Findings as a table for people and as JSON for scripts."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Final, assert_never

from handler.entrypoints.doctor.findings import Green, NotChecked, Red

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from handler.entrypoints.doctor.findings import Finding

NAME_WIDTH: Final = 20
WORD_WIDTH: Final = 5
LINE_WIDTH: Final = 120
_INDENT: Final = " " * (NAME_WIDTH + WORD_WIDTH)


def lines(finding: Finding) -> Iterator[str]:
    """Show one finding; what mends it stands on a line of its own, to be copied."""
    match finding.verdict:
        case Green(seen):
            yield from _told(finding.check, "ok", seen)
        case Red(wrong, mend):
            yield from _told(finding.check, "RED", wrong)
            yield f"{_INDENT}→ {mend}"
        case NotChecked(because):
            yield from _told(finding.check, "-", f"not checked, because {because}")
        case _:
            assert_never(finding.verdict)


def summary(findings: Sequence[Finding]) -> str:
    """Count them."""
    kinds = [type(finding.verdict) for finding in findings]
    return f"{kinds.count(Green)} ok, {kinds.count(Red)} red, {kinds.count(NotChecked)} not checked."


def as_json(findings: Sequence[Finding]) -> str:
    """Return all findings as one JSON document."""
    checks = [_plain(finding) for finding in findings]
    return json.dumps({"ok": exit_code(findings) == 0, "checks": checks}, ensure_ascii=False, indent=2)


def exit_code(findings: Sequence[Finding]) -> int:
    """Return 1 when anything is red, else 0."""
    return int(any(isinstance(finding.verdict, Red) for finding in findings))


def _told(check: str, word: str, text: str) -> list[str]:
    begin = f"{check:<{NAME_WIDTH}}{word:<{WORD_WIDTH}}"
    columns = textwrap.TextWrapper(LINE_WIDTH, initial_indent=begin, subsequent_indent=_INDENT)
    # Names have dashes and are to be copied whole.
    columns.break_long_words = columns.break_on_hyphens = False
    return columns.wrap(text)


def _plain(finding: Finding) -> dict[str, str]:
    match finding.verdict:
        case Green(seen):
            return {"check": finding.check, "result": "ok", "seen": seen}
        case Red(wrong, mend):
            return {"check": finding.check, "result": "red", "wrong": wrong, "mend": mend}
        case NotChecked(because):
            return {"check": finding.check, "result": "not checked", "because": because}
        case _:
            assert_never(finding.verdict)
