"""The `views.*` methods (docs.slack.dev/reference/methods)."""

from collections.abc import Mapping
from typing import Any

from infra.local.slack.refusals import SlackError
from infra.local.slack.view_json import view_json
from infra.local.slack.web_api import Call, Method


def _open(call: Call) -> dict[str, Any]:
    trigger = call.state.views.exchange(str(call.args["trigger_id"]), call.now)
    view = call.state.views.open(trigger.user, trigger.channel, call.args["view"], call.now)
    return {"view": view_json(view, call.state.cast)}


def _push(call: Call) -> dict[str, Any]:
    trigger = call.state.views.exchange(str(call.args["trigger_id"]), call.now)
    view = call.state.views.push(trigger.user, call.args["view"], call.now)
    return {"view": view_json(view, call.state.cast)}


def _update(call: Call) -> dict[str, Any]:
    view_id, external_id = call.args.get("view_id"), call.args.get("external_id")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: view_id"])
    view = call.state.views.find(view_id=view_id, external_id=external_id)
    call.state.views.replace(view, call.args["view"], call.now, unless=call.args.get("hash"))
    return {"view": view_json(view, call.state.cast)}


def _publish(call: Call) -> dict[str, Any]:
    user = str(call.args["user_id"])
    if user not in call.state.cast.people:
        raise SlackError("invalid_arguments", ["[ERROR] invalid `user_id`"])
    return {"view": view_json(call.state.views.publish(user, call.args["view"], call.now), call.state.cast)}


VIEWS: Mapping[str, Method] = {
    "views.open": Method(_open, ("trigger_id", "view")),
    "views.push": Method(_push, ("trigger_id", "view")),
    "views.update": Method(_update, ("view",)),
    "views.publish": Method(_publish, ("user_id", "view")),
}
