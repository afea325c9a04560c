"""Coverage-guided fuzzing: `python -m tests.fuzz.guided TARGET -runs=N` lets atheris look for what breaks a target.

It ends with 0 when nothing broke. Whatever else follows TARGET goes to libFuzzer, such as `-seed=1` or a folder.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]  # where there is no wheel it is absent

with atheris.instrument_imports(include=["handler"]):
    from handler.domain.errors import UsageError
    from handler.domain.grammar import parse
    from handler.front import incoming, replies, verify

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = b"playground-signing-secret"
NOW = 1_750_000_000
FIRST_WORDS = (
    "",
    "scale ",
    "break-glass scale ",
    "history ",
    "why scale ",
    "undo ",
    "status ",
    "scale wordcount workers=",
)


def grammar(data: bytes) -> None:
    """Any text makes a command or a usage error that can be said."""
    provider = atheris.FuzzedDataProvider(data)
    text = FIRST_WORDS[provider.ConsumeIntInRange(0, len(FIRST_WORDS) - 1)] + provider.ConsumeUnicode(4000)
    try:
        parse(text)
    except UsageError as error:
        str(error)


def verifier(data: bytes) -> None:
    """Any event is read or turned away, and nothing that was not signed is genuine."""
    provider = atheris.FuzzedDataProvider(data)
    event = {
        "headers": {
            "x-slack-request-timestamp": str(NOW) if provider.ConsumeBool() else provider.ConsumeUnicode(20),
            "X-Slack-Signature": "v0=" + provider.ConsumeUnicode(70),
            provider.ConsumeUnicode(30): provider.ConsumeUnicode(30),
        },
        "requestContext": {"http": {"method": "POST"}},
        "isBase64Encoded": provider.ConsumeBool(),
        "body": provider.ConsumeUnicode(4000),
    }
    try:
        request = incoming.read(event)
        claim = verify.read_claim(request.headers, request.body, NOW)
    except replies.TurnedAway:
        return
    assert not verify.is_genuine(claim, SECRET)


TARGETS: dict[str, Callable[[bytes], None]] = {"grammar": grammar, "verifier": verifier}


def main(words: list[str]) -> None:
    """Fuzz a target; ends the process."""
    name, *options = words
    atheris.Setup([name, *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
