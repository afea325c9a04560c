"""A day's seal, as the audit channel keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.slack.blocks import told
from handler.slack.mrkdwn import bare, code

if TYPE_CHECKING:
    from handler.domain.sealing import Seal
    from handler.ports import Message
    from handler.slack.voice import Voice

HASH_LENGTH: Final = 64


def seal_message(say: Voice, seal: Seal) -> Message:
    """Say which day was sealed, over how many facts, and how this message proves that they stay as they are."""
    day = code(seal.day.isoformat())
    title = say("seal.title_one", day=day) if seal.count == 1 else say("seal.title", day=day, count=seal.count)
    lines = [
        title,
        say("seal.root", root=code(seal.root, HASH_LENGTH)),
        say("seal.seal", number=seal.number, hash=code(seal.hash, HASH_LENGTH)),
        say("seal.check", hash=bare(seal.hash, HASH_LENGTH)),
    ]
    return told(lines, say("seal.keep"))
