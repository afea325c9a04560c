"""The page's server side: the bundle, what one person sees, live updates, and doing what the person does."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from infra.local.slack.control import delivery_json
from infra.local.slack.refusals import SlackError, UnknownInPlaygroundError
from infra.local.slack.screen import screen_json
from infra.local.slack.workspace import Workspace
from infra.local.slack.workspace_state import Delivery, Store

BUNDLE = Path(__file__).resolve().parents[3] / ".build" / "web"
"""Where `npm run build` puts the page."""
_KEEP_ALIVE_SECONDS = 15.0
_NOTHING_FROM_OUTSIDE = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'"
_NOT_BUILT = "The page is not built yet: run `npm ci && npm run build` in the repository, then reload."


class Page:
    """The endpoints of the page: `/`, `/web/`, `/archives/` and `/page/`."""

    def __init__(self, store: Store, workspace: Workspace, bundle: Path = BUNDLE) -> None:
        self._store = store
        self._workspace = workspace
        self._bundle = bundle
        self._closing = False

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/", self._index),
            Route("/web/{name}", self._asset),
            Route("/archives/{channel}/{message}", self._permalink),
            Route("/page/screen", self._screen),
            Route("/page/changes", self._changes),
            Route("/page/do/{verb}", self._do, methods=["POST"]),
        ]

    def close(self) -> None:
        """End the live updates, so that the server can stop."""
        self._closing = True
        self._store.wake()

    async def _index(self, _request: Request) -> Response:
        index = self._bundle / "index.html"
        if not index.is_file():
            return PlainTextResponse(_NOT_BUILT, 503)
        return FileResponse(
            index, headers={"Cache-Control": "no-store", "Content-Security-Policy": _NOTHING_FROM_OUTSIDE}
        )

    async def _asset(self, request: Request) -> Response:
        asset = self._bundle / request.path_params["name"]
        if not asset.is_file():
            return PlainTextResponse(_NOT_BUILT, 404)
        return FileResponse(asset, headers={"Cache-Control": "no-store"})

    async def _permalink(self, request: Request) -> Response:
        where = request.path_params
        return RedirectResponse(f"/#{where['channel']}/{where['message']}")

    async def _screen(self, request: Request) -> Response:
        with self._store.reading() as state:
            return JSONResponse(screen_json(state, request.query_params["user"], self._store.revision))

    async def _changes(self, _request: Request) -> Response:
        return StreamingResponse(
            self._revisions(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _revisions(self) -> AsyncIterator[str]:
        """Yield a server-sent event with the revision number after each change."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(changed.set)

        with self._store.listening(wake):
            while not self._closing:
                changed.clear()
                yield f"data: {self._store.revision}\n\n"
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), _KEEP_ALIVE_SECONDS)

    async def _do(self, request: Request) -> Response:
        """Do one of the verbs of `Workspace`, with its arguments as JSON."""
        act = self._verbs().get(request.path_params["verb"])
        if act is None or request.headers.get("content-type") != "application/json":
            # A JSON body makes a foreign page's browser ask first, so that no other site can press buttons here.
            return JSONResponse({"error": "not something a person does here"}, 400)
        try:
            told = json.loads(await request.body())
            done = await run_in_threadpool(act, **told)
        except (UnknownInPlaygroundError, SlackError, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        if isinstance(done, Delivery):
            return JSONResponse({**delivery_json(done), "answer": done.answer})
        return JSONResponse({})

    def _verbs(self) -> dict[str, Callable[..., Any]]:
        return {
            "command": self._workspace.command,
            "say": self._workspace.say,
            "click": self._workspace.click,
            "click_in_view": self._workspace.click_in_view,
            "submit": self._workspace.submit,
            "close_view": self._workspace.close_view,
            "suggest": self._workspace.suggest,
            "shortcut": self._workspace.shortcut,
        }
