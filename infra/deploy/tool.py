"""Running the deploy tool on the work tree for a real account."""

from collections.abc import Mapping
from pathlib import Path

from infra.deploy.order import Order
from infra.local.node import osls
from infra.local.processes import Processes

LONGEST_SECONDS = 1800.0  # a first deploy takes two or three minutes; a stuck one is given up after half an hour


def run_tool(verb: str, root: Path, artifacts: Path, order: Order, environment: Mapping[str, str]) -> None:
    """Run `osls deploy` or `osls remove`.

    Args:
        verb: "deploy" or "remove".
        root: the work tree, with serverless.yml and node_modules.
        artifacts: the folder with front.zip and worker.zip.
        order: what is meant.
        environment: the user's, with the credentials the tool is to use.

    Raises:
        infra.local.processes.ProcessError: the tool failed; the message has the end of what it said.
    """
    parameters = {"artifacts": str(artifacts), **order.parameters}
    words = [verb, "--stage", order.stage, "--region", order.region]
    words += [f"--param={name}={value}" for name, value in parameters.items()]
    log = root / ".build" / f"{verb}.log"
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    (root / ".playground").mkdir(exist_ok=True)  # the tool keeps its compiled schema there
    with Processes() as processes:
        processes.run(osls(root, words, environment, log), timeout_seconds=LONGEST_SECONDS)
