"""`python -m infra.deploy`: deploys the stack to AWS, fills its secrets, removes it; looks first whether it may."""

import argparse
import getpass
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from infra.deploy import account as accounts
from infra.deploy.account import Account
from infra.deploy.afterwards import after_first_deploy, after_removal, after_secrets, after_update, before_removal
from infra.deploy.errors import Stopped
from infra.deploy.order import Order, order
from infra.deploy.policy import check
from infra.deploy.secrets import fill, start_anew
from infra.deploy.standing import complete, may_deploy, may_reserve, standing
from infra.deploy.tool import run_tool
from infra.local.node import ensure_node_packages, node_program
from infra.local.processes import ProcessError, Processes
from infra.package.build import build
from infra.package.errors import BuildError
from infra.package.target import Target, find_interpreter, host_target, lambda_target

ROOT = Path(__file__).resolve().parents[2]


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says; 0 when it was done, 1 when it was not, with the reason on standard error."""
    asked = _parser().parse_args(words)
    try:
        own = accounts.session()
        region = asked.region or accounts.region_of(os.environ, own)
        meant = order(asked.verb, asked.stage, region, accounts.known_regions(own), asked.param)
        match asked.verb:
            case "deploy":
                target = host_target() if asked.platform == "host" else lambda_target(architecture=meant.architecture)
                _look_around(target, asked.policy)
                _deploy(meant, accounts.account(own, meant.region), target, asked.policy)
            case "secrets":
                _secrets(meant, accounts.account(own, meant.region))
            case _:
                _remove(meant, accounts.account(own, meant.region), asked.confirm)
    except (Stopped, ProcessError, BuildError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(
            "\nStopped. What CloudFormation had begun it brings to an end by itself: wait for it, then run it again.\n"
        )
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("verb", choices=["deploy", "secrets", "remove"])
    parser.add_argument("--stage", default="", help="which deployment: [a-z][a-z0-9-]{0,19}")
    parser.add_argument("--region", help="of AWS; default: AWS_REGION, AWS_DEFAULT_REGION, else the profile's")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="one of serverless.yml's params"
    )
    parser.add_argument("--policy", type=Path, default=ROOT / "infra" / "policy", help="the folder to pack as policy")
    parser.add_argument("--confirm", default="", help="remove: the stage's name once more, instead of typing it")
    parser.add_argument(
        "--platform", choices=["lambda", "host"], default="lambda", help="host: for an emulator on this machine"
    )
    return parser


def _look_around(target: Target, policy: Path) -> None:
    """What can be said without AWS and at once: the programs that are needed, and the policy's cases."""
    find_interpreter(target)
    node_program("node")
    check(policy, _say)


def _deploy(meant: Order, account: Account, target: Target, policy: Path) -> None:
    before = account.stack(meant)
    is_first = before is None or not before.is_up
    may_deploy(meant, before, account.left_over(meant) if is_first else ())
    if is_first:
        may_reserve(meant, account.room())
    _have_the_tool()
    artifacts = build(ROOT, ROOT / ".build", target, policy=policy, say=_say)
    _say(f"deploying {meant.stack} to {meant.region}, account {account.number} (the first time takes some minutes)")
    run_tool("deploy", ROOT, artifacts.folder, meant, account.environment(os.environ))
    after = account.stack(meant)
    if after is None or not after.is_up:
        raise Stopped(
            f"The deploy tool said nothing, yet the stack {meant.stack} is not up: look into .build/deploy.log."
        )
    _say(f"deployed; Slack's address is {after.outputs['FrontUrl']}")
    command = meant.parameters.get("slackCommand", "/dataflow")
    for line in after_first_deploy(meant, command) if is_first else after_update(meant):
        _say(line)


def _secrets(meant: Order, account: Account) -> None:
    stack = complete(meant, standing(meant, account.stack(meant)))
    _say("Nothing you type is shown. An empty answer leaves a secret as it is.")
    ask = getpass.getpass if sys.stdin.isatty() else _read_line
    if fill(account.client("secretsmanager"), stack, ask, _say):
        start_anew(account.client("lambda"), stack, datetime.now(UTC))
        _say(f"{stack.outputs['WorkerFunction']} starts anew with them; the door finds them by itself within minutes")
        for line in after_secrets(meant, stack):
            _say(line)


def _remove(meant: Order, account: Account, confirmed: str) -> None:
    stack = standing(meant, account.stack(meant))
    for line in before_removal(meant, stack, account.number):
        _say(line)
    if (confirmed or _typed("Type the stage's name to remove it: ")) != meant.stage:
        raise Stopped(f"Nothing was removed: type {meant.stage}, or add CONFIRM={meant.stage}, if you mean it.")
    _have_the_tool()
    _say("removing (this takes some minutes)")
    run_tool("remove", ROOT, ROOT / ".build", meant, account.environment(os.environ))
    for line in after_removal(meant):
        _say(line)


def _have_the_tool() -> None:
    with Processes() as processes, tempfile.TemporaryDirectory() as logs:
        ensure_node_packages(ROOT, Path(logs), processes, _say)


def _typed(question: str) -> str:
    if not sys.stdin.isatty():
        return ""
    return input(question).strip()


def _read_line(question: str) -> str:
    _say(question)
    return sys.stdin.readline()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
