"""Each day's seal, and the word of it to the audit channel: the tick's last step, whatever became of the others."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from handler.domain import sealing
from handler.domain.errors import ChatError, ChatRefused, LedgerUnavailable, Moved, SluiceError, described
from handler.domain.model import ChannelId
from handler.domain.news import Kind, Mark
from handler.domain.sealing import SEALS
from handler.flows.seal import seal
from handler.slack.seal_view import seal_message

if TYPE_CHECKING:
    from handler.chat_port import Chat
    from handler.domain.sealing import Seal, Sealing
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
        log.warning("seal not posted", extra=described(error))
    except SluiceError as error:
        log.error("not sealed", extra=described(error))  # noqa: TRY400 - expected


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
    mark = Mark(SEALS, Kind.SEAL, number)
    is_first = so_far.post_at is None
    if is_first or not _is_posted(chat, ChannelId(channel), mark, found):
        chat.post(ChannelId(channel), seal_message(voice, found), mark=mark)
    seals.keep(claim, sealing.posted(claim))


def _is_posted(chat: Chat, channel_id: ChannelId, mark: Mark, seal: Seal) -> bool:
    """Whether somebody posted it and could not say so. What may not be read counts as no: rather twice than never."""
    since = datetime.combine(seal.day, time(), UTC)
    try:
        return mark in chat.find(channel_id, mark.request_id, since)
    except ChatRefused as error:
        log.warning("could not look for a posted seal", extra=described(error))
        return False
