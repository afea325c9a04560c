"""Control over HTTP, for whoever drives the stand-in from another process: look at everything, plan faults, reset."""

import json
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.slack.conversation import Message
from infra.local.slack.faults import Fault
from infra.local.slack.view_json import view_json
from infra.local.slack.workspace import Workspace
from infra.local.slack.workspace_state import Delivery, Store, WorkspaceState


def state_json(state: WorkspaceState) -> dict[str, Any]:
    """Show everything: messages with their edits, deleted and ephemeral ones too, views, and what was sent."""
    return {
        "messages": [_message_json(message) for message in state.conversation.messages],
        "views": {
            user: [view_json(view, state.cast) for view in stack] for user, stack in state.views.stacks.items() if stack
        },
        "homes": {user: view_json(view, state.cast) for user, view in state.views.homes.items()},
        "deliveries": [delivery_json(delivery) for delivery in state.deliveries],
        "scopes": state.scopes,
        "members": {channel: sorted(members) for channel, members in state.members.items()},
    }


def _message_json(message: Message) -> dict[str, Any]:
    return asdict(message)


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """Show a delivery without its request, whose signature and addresses are nobody's business."""
    return {
        "kind": delivery.kind,
        "user": delivery.user,
        "channel": delivery.channel,
        "what": delivery.what,
        "at": delivery.at.timestamp(),
        "status": delivery.status,
        "acknowledged_in_ms": delivery.acknowledged_in_ms,
        "error": delivery.error,
    }


class Control:
    """The endpoints below `/_control/`."""

    def __init__(self, store: Store, workspace: Workspace) -> None:
        self._store = store
        self._workspace = workspace

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/_control/state", self._state, methods=["GET"]),
            Route("/_control/reset", self._reset, methods=["POST"]),
            Route("/_control/faults", self._plan, methods=["POST"]),
            Route("/_control/faults", self._clear, methods=["DELETE"]),
            Route("/_control/scopes", self._scopes, methods=["POST"]),
            Route("/_control/front", self._front, methods=["POST"]),
        ]

    async def _state(self, _request: Request) -> Response:
        with self._store.reading() as state:
            return JSONResponse(state_json(state))

    async def _reset(self, _request: Request) -> Response:
        self._workspace.reset()
        return Response(status_code=204)

    async def _plan(self, request: Request) -> Response:
        try:
            fault = Fault(**json.loads(await request.body()))
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": f"not a fault: {error}"}, 400)
        self._workspace.fail(fault)
        return Response(status_code=204)

    async def _clear(self, _request: Request) -> Response:
        self._workspace.faults.clear()
        return Response(status_code=204)

    async def _scopes(self, request: Request) -> Response:
        """Give the token other scopes: a JSON list of strings."""
        with self._store.changing() as state:
            state.scopes = [str(scope) for scope in json.loads(await request.body())]
        return Response(status_code=204)

    async def _front(self, request: Request) -> Response:
        """Tell where the app listens: `{"url": ..., "host": ...}`."""
        told = json.loads(await request.body())
        self._workspace.connect(told["url"], told.get("host"))
        return Response(status_code=204)
