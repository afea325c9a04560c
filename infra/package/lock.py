"""Reading `requirements.lock`: which of its packages an archive has to hold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Lambda's Python runtimes bring the AWS SDK and what it stands on (Lambda developer guide, "Runtime-included SDK
# versions"). The bot uses three old, stable services of it, so a copy of our own would only make cold starts slower.
PROVIDED_BY_LAMBDA = frozenset({"boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3"})
PROJECT = "sluice"

_FIRST_LINE = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==[^ ;\\]+\s*(?:;\s*(?P<marker>[^\\]+?))?\s*\\?$")
_VIA = re.compile(r"^\s+#(?:\s+via)?\s+(?P<who>[A-Za-z0-9._-]+)(?:\s+\(pyproject\.toml\))?$")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of the lock.

    Args:
        name: the distribution's name.
        text: its lines as they stand, with the hashes.
        wanted_by: the names of the packages (or the project) that need it.
        marker: the condition on the environment, or "".
    """

    name: str
    text: str
    wanted_by: frozenset[str]
    marker: str


def read_lock(text: str) -> list[Pin]:
    """The lock's packages, in its order. What is not a pin (comments at the top) is passed over."""
    return [_pin(block) for block in _blocks(text)]


def needed(pins: list[Pin], provided: frozenset[str] = PROVIDED_BY_LAMBDA) -> list[Pin]:
    """What an archive holds: all but what Lambda provides and nothing else in the archive needs.

    A provided package that another one of the archive needs stays in, so that its version is the locked one.
    """
    left_out = {pin.name for pin in pins if pin.name in provided}
    while True:
        kept = {pin.name for pin in pins if pin.name in left_out and pin.wanted_by - left_out - {PROJECT}}
        if not kept:
            return [pin for pin in pins if pin.name not in left_out]
        left_out -= kept


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in text.splitlines():
        if _FIRST_LINE.match(line):
            if block:
                yield block
            block = [line]
        elif block:
            block.append(line)
    if block:
        yield block


def _pin(block: list[str]) -> Pin:
    first = _FIRST_LINE.match(block[0])
    if first is None:
        raise ValueError(block[0])
    wanted_by = {match["who"] for line in block[1:] if (match := _VIA.match(line)) and match["who"] != "via"}
    return Pin(
        name=first["name"],
        text="\n".join(block) + "\n",
        wanted_by=frozenset(wanted_by),
        marker=(first["marker"] or "").strip(),
    )
