"""Forms (modal views) and what comes back of them (docs.slack.dev, "Modals")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handler.domain.model import Actor, ChannelId, UserId
from handler.slack.mrkdwn import bare
from handler.slack.payloads import is_stranger

if TYPE_CHECKING:
    from handler.slack.voice import Voice

DENY_REASON: Final = "deny_reason"
LONGEST_REASON: Final = 3000
REASON: Final = "reason"


@dataclass(frozen=True, slots=True)
class Denial:
    """A filled-in form: its id, the button's value it began with, the reason, and who sent it from where."""

    form_id: str
    value: str
    reason: str
    actor: Actor
    is_stranger: bool


@dataclass(frozen=True, slots=True)
class Complaint:
    """What Slack is to show below an input of a form that stays open."""

    block_id: str
    text: str


def deny_form(say: Voice, value: str, channel_id: str, job_name: str) -> Mapping[str, object]:
    """Ask for the reason of a denial; the form carries what it is about."""
    return {
        "type": "modal",
        "callback_id": DENY_REASON,
        "private_metadata": json.dumps({"value": value, "channel": channel_id}),
        "title": _plain(say("form.deny_title")),
        "submit": _plain(say("form.deny_submit")),
        "close": _plain(say("form.close")),
        "blocks": [
            {
                "type": "input",
                "block_id": REASON,
                "label": _plain(say("form.deny_reason", name=bare(job_name, 60))),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "reason",
                    "multiline": True,
                    "min_length": 1,
                    "max_length": LONGEST_REASON,
                    "focus_on_load": True,
                },
            }
        ],
    }


def denial(body: Mapping[str, object]) -> Denial:
    """Read a ``view_submission`` of the form; what is missing is empty."""
    view = _map(body, "view")
    try:
        carried = json.loads(str(view.get("private_metadata", "")))
    except ValueError:
        carried = {}
    carried = carried if isinstance(carried, dict) else {}
    user, team = _map(body, "user"), _map(body, "team")
    inputs = (_map(block, REASON) for block in _map(_map(view, "state"), "values").values())
    actor = Actor(UserId(str(user.get("id", ""))), ChannelId(str(carried.get("channel", ""))), str(team.get("id", "")))
    return Denial(
        form_id=str(view.get("id", "")),
        value=str(carried.get("value", "")),
        reason=next((text for each in inputs if (text := str(each.get("value") or "").strip())), "")[:LONGEST_REASON],
        actor=actor,
        is_stranger=is_stranger(body),
    )


def complaint(say: Voice, body: Mapping[str, object]) -> Complaint | None:
    """Say what the form lacks: Slack takes a reason of blanks for one."""
    return None if denial(body).reason else Complaint(REASON, say("form.deny_blank"))


def _map(body: object, name: str) -> Mapping[str, object]:
    value = body.get(name) if isinstance(body, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _plain(text: str) -> dict[str, object]:
    return {"type": "plain_text", "text": text, "emoji": False}
