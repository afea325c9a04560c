"""Builds the page that the stand-in serves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from infra.local.node import node_program
from infra.local.processes import Command

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.processes import Processes


def build_page(root: Path, logs: Path, processes: Processes) -> None:
    """Bundle `infra/local/web` into `.build/web`; `node_modules` must be installed.

    Args:
        root: the work tree.
        logs: a folder for what the bundler prints.
        processes: the registry of started programs.

    Raises:
        ProcessError: Node is missing, or the bundler failed; the message has the end of what it printed.
    """
    words: list[str | Path] = [node_program("node"), root / "infra" / "local" / "web" / "build.mjs"]
    processes.run(Command("the page's bundler", words, dict(os.environ), root, logs / "page.log"))
