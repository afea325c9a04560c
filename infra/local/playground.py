"""The whole playground: Data Flow simulator, Slack stand-in, and the real stack deployed between them."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from handler.adapters.scopes import SCOPES
from infra.local.dataflow.server import Served
from infra.local.dataflow.world import PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY, World
from infra.local.deploy import Deployment, Outside, Secrets
from infra.local.node import node_program
from infra.local.processes import Command
from infra.local.short_times import policy_with
from infra.local.slack.cast import PLAYGROUND
from infra.local.slack.serving import serve
from infra.local.stack import ROOT, running_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from infra.local.processes import Processes
    from infra.local.slack.workspace import Workspace


# The app as the manifest makes it: whatever is played here is done with no scope more.
INSTALLED = replace(PLAYGROUND, scopes=tuple(sorted(SCOPES)))


@dataclass(frozen=True, slots=True)
class Playground:
    """Everything that runs: people act in ``workspace``, jobs live in ``dataflow``, the stack is ``deployment``.

    ``dataflow_url`` is the address of the simulator.
    """

    workspace: Workspace
    dataflow: World
    deployment: Deployment
    dataflow_url: str


@contextmanager
def playground(  # noqa: PLR0913 - what runs, and how
    processes: Processes,
    say: Callable[[str], None],
    *,
    port: int = 0,
    with_page: bool = False,
    times: Mapping[str, str] | None = None,
    enforce_roles: bool = False,
) -> Iterator[Playground]:
    """Run the playground while the block runs.

    Args:
        processes: the registry of started programs.
        say: told the progress, one line at a time.
        port: the page's, 0 for a free one.
        with_page: whether the page is built.
        times: durations to have in the policy's settings instead of the shipped ones, by their key.
        enforce_roles: whether the deployed IAM roles are enforced, as AWS does.

    Raises:
        ProcessError: something is missing or a program failed; nothing keeps running.
        infra.package.errors.BuildError: the artifact could not be built.
        OSError: the port is taken.
    """
    with ExitStack() as stack:
        say("starting the Data Flow simulator and the Slack stand-in")
        workspace = stack.enter_context(serve(port=port, cast=INSTALLED))
        simulator = Served(World())
        stack.callback(simulator.close)
        secrets = Secrets(
            signing_secret=PLAYGROUND.signing_secret,
            bot_token=PLAYGROUND.bot_token,
            ncp_access_key=PLAYGROUND_ACCESS_KEY,
            ncp_secret_key=PLAYGROUND_SECRET_KEY,
        )
        outside = Outside(slack_api_url=workspace.api_url, dataflow_url=simulator.url, secrets=secrets)
        policy = stack.enter_context(policy_with(times, ROOT / "infra" / "policy")) if times else None
        deployment = stack.enter_context(
            running_stack(outside, processes, say, policy=policy, enforce_roles=enforce_roles)
        )
        workspace.connect(deployment.front_url, deployment.front_host_header)
        if with_page:
            say("building the page")
            _build_page(processes)
        yield Playground(workspace, simulator.world, deployment, simulator.url)


def _build_page(processes: Processes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        words: list[str | Path] = [node_program("npm"), "run", "--silent", "build"]
        processes.run(Command("npm run build", words, dict(os.environ), ROOT, Path(folder) / "page.log"))
