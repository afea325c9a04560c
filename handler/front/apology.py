"""What the person in Slack sees when the hand-over did not go through.

A command is answered in words. A form stays open with the words under its first field, so that nothing typed is lost
(docs.slack.dev/surfaces/modals, "Displaying errors in views"). For the rest Slack shows no text of ours, but marks
the failed button or list when the answer is not 200 (docs.slack.dev/interactivity/handling-user-interaction), and
delivers an event again (docs.slack.dev/apis/events-api, "Retries"): a repeated delivery does nothing twice.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from handler.front import replies, words
from handler.front.replies import Reply

if TYPE_CHECKING:
    from handler.front.classify import Delivery
    from handler.front.handoff import HandOverFailed


def apology(failed: HandOverFailed, delivery: Delivery, command: str, short_id: str) -> Reply:
    """Return the answer to `delivery`; `command` is the slash command to name where Slack sent none."""
    status = replies.GATEWAY_TIMEOUT if failed.unsure else replies.SERVICE_UNAVAILABLE
    outcome = "unsure" if failed.unsure else "not_handed_over"
    reply = Reply(status, outcome, failed.reason, failed.detail, level="ERROR")
    shown = _shown(failed, delivery, command, short_id)
    if shown is None:
        return reply
    return reply._replace(status=replies.OK, body=json.dumps(shown), content_type=replies.JSON)


def _shown(failed: HandOverFailed, delivery: Delivery, command: str, short_id: str) -> dict[str, object] | None:
    if delivery.kind == "command":
        typed = delivery.body["command"]
        text = _text("command", failed, str(typed), short_id)
        return {"response_type": "ephemeral", "text": _escaped(text)}
    field = _first_field(delivery.body.get("view")) if delivery.name == "view_submission" else None
    if field is None:
        return None
    return {"response_action": "errors", "errors": {field: _text("form", failed, command, short_id)}}


def _text(what: str, failed: HandOverFailed, command: str, short_id: str) -> str:
    if failed.unsure:
        return words.perhaps_taken(what, failed.reason, command, short_id)
    return words.not_taken(what, failed.reason, short_id)


def _first_field(view: object) -> str | None:
    blocks = view.get("blocks") if isinstance(view, dict) else None
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and block.get("type") == "input" and isinstance(block.get("block_id"), str):
            return str(block["block_id"])
    return None


def _escaped(text: str) -> str:
    """Escape as docs.slack.dev/messaging/formatting-message-text says, so that nothing in it becomes a mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
