"""What every Web API method has in common: arguments, scopes, refusals. The methods are in the `methods_*` modules."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.local.slack.refusals import SlackError
from infra.local.slack.workspace_state import WorkspaceState

_JSON_ARGUMENTS = ("blocks", "attachments", "view", "metadata")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a Web API method."""

    state: WorkspaceState
    args: Mapping[str, Any]
    now: datetime

    def flag(self, name: str) -> bool:
        """Read a boolean argument, which a form sends as `true` or `1`."""
        return str(self.args.get(name, "")).lower() in ("true", "1")

    def channel(self, *, or_person: bool = False) -> str:
        """Read the channel that the bot is to speak in; a person's id means their direct messages if `or_person`.

        Raises:
            SlackError: `channel_not_found`, or `not_in_channel` where the bot is no member.
        """
        channel = str(self.args["channel"])
        if or_person and channel in self.state.cast.people:
            channel = self.state.cast.direct_with(channel).id
        if channel not in self.state.members:
            raise SlackError("channel_not_found")
        if self.state.cast.bot_user not in self.state.members[channel]:
            raise SlackError("not_in_channel")
        return channel


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method: what it does, the arguments Slack insists on, and the scope it needs ("" for none)."""

    run: Callable[[Call], dict[str, Any]]
    required: tuple[str, ...] = ()
    scope: str = ""


def run(method: Method, call: Call) -> dict[str, Any]:
    """Run a method.

    Raises:
        SlackError: `missing_scope`, `invalid_arguments` with a sentence for each missing one, or the method's own.
    """
    if method.scope and method.scope not in call.state.scopes:
        raise SlackError("missing_scope")
    missing = [f"[ERROR] missing required field: {name}" for name in method.required if not call.args.get(name)]
    if missing:
        raise SlackError("invalid_arguments", missing)
    return {"ok": True, **method.run(call)}


def decoded(args: Mapping[str, Any]) -> dict[str, Any]:
    """Decode the arguments that a form body carries as JSON text.

    Raises:
        SlackError: `invalid_blocks_format` for blocks that are not JSON, `invalid_arguments` for others.
    """
    plain = dict(args)
    for name in _JSON_ARGUMENTS:
        if isinstance(plain.get(name), str) and plain[name]:
            try:
                plain[name] = json.loads(plain[name])
            except ValueError as error:
                code = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
                raise SlackError(code, [f"[ERROR] {name} is not valid JSON"]) from error
    return plain


def refused(error: SlackError, method: Method | None, state: WorkspaceState) -> dict[str, Any]:
    """Word a refusal as Slack's answer does; `invalid_blocks` lists what is wrong twice over, as Slack does."""
    answer: dict[str, Any] = {"ok": False, "error": error.code}
    if error.messages:
        answer["response_metadata"] = {"messages": list(error.messages)}
    if error.code == "invalid_blocks":
        answer["errors"] = [message.removeprefix("[ERROR] ") for message in error.messages]
    if error.code == "missing_scope" and method is not None:
        answer |= {"needed": method.scope, "provided": ",".join(state.scopes)}
    return answer
