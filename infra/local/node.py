"""Node and its packages: found, installed from the lock, and never more often than the lock changes."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infra.local.processes import Command, ProcessError, Processes

OLDEST_MAJOR = 20
MARK = ".installed-from"


def node_program(name: str) -> Path:
    """Where `node` or `npm` is.

    Raises:
        ProcessError: it is not on this machine.
    """
    found = shutil.which(name)
    if found is None:
        raise ProcessError(
            f"{name} is not on this machine. Nothing was started. Install Node {OLDEST_MAJOR} or later, with npm,"
            " and run it again."
        )
    return Path(found)


def ensure_node_packages(root: Path, logs: Path, processes: Processes, say: Callable[[str], None]) -> None:
    """Install what `package-lock.json` pins unless that was done for this very lock.

    Raises:
        ProcessError: Node is missing or too old, or the packages could not be installed.
    """
    node = node_program("node")
    environment = dict(os.environ)  # npm is set up by the user's own environment
    ask = Command("node", [node, "--version"], environment, root, logs / "node.log")
    version = processes.run(ask).strip()
    major = re.search(r"^v(\d+)\.", version, re.MULTILINE)
    if major is None or int(major[1]) < OLDEST_MAJOR:
        raise ProcessError(
            f"Node {version} is too old. Nothing was started. Install Node {OLDEST_MAJOR} or later and run it again."
        )
    lock = (root / "package-lock.json").read_bytes()
    wanted = hashlib.sha256(lock).hexdigest()
    mark = root / "node_modules" / MARK
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        say("installing the deploy tool and what builds the page (npm ci, once per change of the lock)")
        words: list[str | Path] = [node_program("npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        processes.run(Command("npm ci", words, environment, root, logs / "npm.log"))
        mark.write_text(wanted, encoding="utf-8")


def osls(root: Path, words: Sequence[str], base: Mapping[str, str], log: Path) -> Command:
    """The deploy tool on the work tree's serverless.yml.

    Args:
        root: the work tree, with node_modules.
        words: its arguments, such as `["package", "--stage", "dev"]`.
        base: the environment; a PATH that leads to Node is added.
        log: gets what it prints.
    """
    environment = {
        **base,
        "PATH": os.pathsep.join([str(node_program("node").parent), base["PATH"]]),
        "NODE_NO_WARNINGS": "1",
        "SLS_SCHEMA_CACHE_BASE_DIR": str(root / ".playground"),  # else it compiles its schema anew, for 2 s
    }
    program = root / "node_modules" / ".bin" / "osls"
    return Command(f"osls {words[0]}", [program, *words], environment, root, log)
