"""Each day's seal, and the word of it to the audit channel: the tick's last step, whatever became of the others."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from handler.domain import sealing
from handler.domain.errors import ChatError, LedgerUnavailable, Moved, SluiceError, facts_of
from handler.domain.model import ChannelId
from handler.flows.seal import seal
from handler.slack.seal_view import seal_message

if TYPE_CHECKING:
    from handler.chat_port import Chat
    from handler.domain.sealing import Sealing
    from handler.ports import World
    from handler.slack.voice import Voice

log = logging.getLogger(__name__)


def seal_and_post(world: World, chat: Chat, voice: Voice) -> None:
    """Seal what is to be sealed, and post the oldest seal that the channel was not told; what fails stays owed."""
    try:
        _post(world, chat, voice, seal(world))
    except Moved:
        log.info("another tick is sealing")
    except ChatError as error:
        log.warning("seal not posted", extra={"error": type(error).__name__, "facts": facts_of(error)})
    except SluiceError as error:
        log.error("not sealed", extra={"error": type(error).__name__, "facts": facts_of(error)})  # noqa: TRY400 - expected


def _post(world: World, chat: Chat, voice: Voice, so_far: Sealing) -> None:
    channel, now = world.policy.terms.audit_channel, world.clock.now()
    if channel is None or not sealing.owes_post(so_far, now):
        return
    seals, number = world.ledger.seals, so_far.posted + 1
    claim = sealing.claimed(so_far, now)
    seals.keep(so_far, claim)
    found = seals.numbered(number)
    if found is None:
        raise LedgerUnavailable("seal", f"seal {number} is to be posted, yet it is not there")
    chat.post(ChannelId(channel), seal_message(voice, found))
    seals.keep(claim, sealing.posted(claim))
