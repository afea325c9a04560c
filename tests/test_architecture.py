"""The rules of the architecture that a linter cannot see."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HANDLER = ROOT / "handler"
MODULES = sorted(HANDLER.rglob("*.py"))
MOST_LINES = 250
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}


def imported(module: Path) -> set[str]:
    """Return the top-level names a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_no_module_is_longer_than_a_person_reads_at_once(module: Path) -> None:
    """No deployed module has more than 250 lines."""
    assert len(module.read_text("utf-8").splitlines()) <= MOST_LINES


def test_no_module_has_a_vague_name() -> None:
    """No deployed module or folder is called utils, helpers, common, base or manager."""
    named = {part.removesuffix(".py") for module in MODULES for part in module.relative_to(ROOT).parts}
    assert named & VAGUE == set()


def test_the_front_door_imports_the_standard_library_only() -> None:
    """Whatever `front` imports is the standard library or its own package."""
    foreign = {
        name
        for module in (HANDLER / "front").rglob("*.py")
        for name in imported(module)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("handler.front")
    }
    assert foreign == set()


def test_the_domain_imports_no_clock_environment_log_or_network() -> None:
    """The domain imports neither `os`, `time`, `logging`, `random` nor anything that opens a socket or a file."""
    forbidden = {"os", "time", "logging", "random", "secrets", "socket", "http", "urllib", "subprocess", "pathlib"}
    used = {name.partition(".")[0] for module in (HANDLER / "domain").rglob("*.py") for name in imported(module)}
    assert used & forbidden == set()


def test_only_execute_writes_to_data_flow() -> None:
    """`put_run_condition` is called in flows/execute.py and nowhere else."""
    callers = {
        str(module.relative_to(HANDLER))
        for module in MODULES
        if re.search(r"\.put_run_condition\(", module.read_text("utf-8"))
    }
    assert callers == {"flows/execute.py"}


def test_deployed_code_does_not_ask_where_it_runs() -> None:
    """Nothing in handler/ branches on being local, a demo or a test (architecture, rule 8)."""
    pattern = re.compile(r"\b(is_local|IS_LOCAL|local_mode|playground|localhost|127\.0\.0\.1)\b", re.IGNORECASE)
    asking = [str(module.relative_to(ROOT)) for module in MODULES if pattern.search(module.read_text("utf-8"))]
    assert asking == []


def test_nothing_in_the_repository_names_a_folder_of_a_machine_or_a_registry() -> None:
    """Locks carry no addresses: what is installed comes from wherever the user's tools are set up to look."""
    locks = [*ROOT.glob("*.lock"), ROOT / "package-lock.json"]
    address = re.compile(r"index-url|\"resolved\"|registry\.")
    addressed = [lock.name for lock in locks if address.search(lock.read_text("utf-8"))]
    assert addressed == []
