"""A view as Slack shows it to the app, in API answers and in interaction payloads alike (reference/views)."""

from typing import Any

from infra.local.slack.cast import Cast
from infra.local.slack.views import View


def view_json(view: View, cast: Cast) -> dict[str, Any]:
    """Show a view with everything Slack adds to what the app sent."""
    sent = view.definition
    return {
        "id": view.id,
        "team_id": cast.team_id,
        "type": sent["type"],
        "blocks": view.blocks,
        "private_metadata": sent.get("private_metadata", ""),
        "callback_id": sent.get("callback_id", ""),
        "external_id": sent.get("external_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "title": sent.get("title"),
        "submit": sent.get("submit"),
        "close": sent.get("close"),
        "clear_on_close": bool(sent.get("clear_on_close")),
        "notify_on_close": bool(sent.get("notify_on_close")),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": cast.app_id,
        "app_installed_team_id": cast.team_id,
        "bot_id": cast.bot_id,
    }
