"""A matrix of stories: plays each cell, collects what is not as it must be, and says how many there were."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

IS_WHOLE = bool(os.environ.get("SLUICE_WHOLE_MATRIX"))
MOST_SHOWN = 20


@dataclass(slots=True)
class Matrix:
    """The cells of one test."""

    name: str
    cells: int = 0
    failures: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def add(self, cell: str, violations: Iterable[str]) -> None:
        """Count a cell, and what is wrong in it."""
        self.cells += 1
        found = list(violations)
        if found:
            self.failures.append(f"{cell}: {'; '.join(found)}")

    def check(self) -> None:
        """Print the figures. Raises AssertionError with the cells that failed, when there are any."""
        seconds = time.monotonic() - self.begun
        print(f"\n{self.name}: {self.cells} cells, {len(self.failures)} failures, {seconds:.0f} s")  # noqa: T201 - figures
        assert self.cells > 0
        shown = "\n".join(self.failures[:MOST_SHOWN])
        assert not self.failures, f"{len(self.failures)} of {self.cells} cells failed:\n{shown}"
