"""A piece of the real lock, for tests that need an archive but not all of its eleven megabytes."""

from infra.local.stack import ROOT


def lock_of(name: str) -> str:
    """The real lock's lines for one package."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    after = next(number for number in range(first + 1, len(lines)) if lines[number][0] not in " #")
    return "".join(lines[first:after])
