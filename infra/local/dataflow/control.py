"""The control endpoints under /_control: how a test or a person at the playground steers the simulator."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from infra.local.dataflow.faults import fault_from
from infra.local.dataflow.replies import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from infra.local.dataflow.world import World


class Control:
    """The control endpoints over one world. A wrong request is told so with 400, an unknown job with 404."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """Return the routes, relative to where they are mounted."""
        return [
            Route("/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/faults/{fault_id:int}", self.remove_fault, methods=["DELETE"]),
            Route("/log", self.log, methods=["GET", "DELETE"]),
            Route("/puts", self.puts, methods=["GET"]),
            Route("/jobs/{job_id}", self.job, methods=["GET", "POST"]),
            Route("/options", self.options, methods=["GET", "POST"]),
            Route("/reset", self.reset, methods=["POST"]),
        ]

    async def faults(self, request: Request) -> Response:
        """List the rules, add one, or remove all."""
        if request.method == "POST":
            try:
                fault = self.world.faults.add(fault_from(await _told(request)))
            except ValueError as wrong:
                return _error(400, str(wrong))
            return json_response(asdict(fault), 201)
        if request.method == "DELETE":
            self.world.faults.remove()
        return json_response({"faults": self.world.faults.listed()})

    async def remove_fault(self, request: Request) -> Response:
        """Remove one rule."""
        self.world.faults.remove(request.path_params["fault_id"])
        return json_response({"faults": self.world.faults.listed()})

    async def log(self, request: Request) -> Response:
        """List the requests received under /api, oldest first, or forget them."""
        if request.method == "DELETE":
            self.world.log.clear()
        return json_response({"log": [asdict(each) for each in self.world.log]})

    async def puts(self, _request: Request) -> Response:
        """List the changes of settings that were applied, oldest first."""
        return json_response({"puts": [asdict(each) for each in self.world.puts]})

    async def job(self, request: Request) -> Response:
        """Return a job as stored, or change it as if in the console: a JSON merge patch (RFC 7396)."""
        job_id = request.path_params["job_id"]
        if job_id not in self.world.jobs:
            return _error(404, f"no job has the id {job_id}")
        if request.method == "GET":
            return json_response(self.world.job(job_id))
        try:
            return json_response(self.world.change_job(job_id, await _told(request)))
        except ValueError as wrong:
            return _error(400, str(wrong))

    async def options(self, request: Request) -> Response:
        """Return the options, or change some."""
        if request.method == "POST":
            try:
                self.world.options = self.world.options.changed(await _told(request))
            except ValueError as wrong:
                return _error(400, str(wrong))
        return json_response(asdict(self.world.options))

    async def reset(self, _request: Request) -> Response:
        """Return to the state at the start."""
        self.world.reset()
        return json_response({"jobs": len(self.world.jobs)})


async def _told(request: Request) -> dict[str, Any]:
    told = json.loads(await request.body())
    if not isinstance(told, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - the caller answers 400 to ValueError
    return told


def _error(status: int, sentence: str) -> Response:
    return json_response({"error": sentence}, status)
