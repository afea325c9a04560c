"""`make deploy` and `make remove` against a local AWS, as somebody types them: first, again, and never by mistake."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.local.aws import local_client
from infra.local.emulator import Emulator
from infra.local.processes import Processes
from infra.local.stack import ROOT, local_aws

pytestmark = pytest.mark.xdist_group("make-deploy")  # one local AWS, whichever process runs these

FOREIGN = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "foreign"}}}}


@dataclass(frozen=True)
class Desk:
    """Where somebody sits who deploys: a clone, a shell, and an AWS account.

    Args:
        clone: the work tree.
        emulator: the account.
        environment: the shell's.
    """

    clone: Path
    emulator: Emulator
    environment: dict[str, str]

    def types(self, *words: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """What `python -m infra.deploy` does with these words, as the Makefile calls it."""
        return subprocess.run(  # noqa: S603 - this interpreter, our own words
            [sys.executable, "-m", "infra.deploy", *words],
            cwd=self.clone,
            env={**self.environment, **variables},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def client(self, service: str) -> Any:
        """A client of the account."""
        return local_client(service, self.emulator.endpoint_url, self.emulator.region)

    def stacks(self) -> set[str]:
        """The stacks that stand."""
        return {stack["StackName"] for stack in self.client("cloudformation").describe_stacks()["Stacks"]}


@pytest.fixture(scope="module")
def desk(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A copy of this work tree beside a local AWS with nothing in it."""
    clone = tmp_path_factory.mktemp("clone")
    for name in ("handler", "infra"):
        shutil.copytree(ROOT / name, clone / name)
    for name in ("serverless.yml", "package.json", "package-lock.json", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, clone)
    for shared in (".playground", ".build/cache"):
        (ROOT / shared).mkdir(parents=True, exist_ok=True)
        (clone / shared).parent.mkdir(exist_ok=True)
        (clone / shared).symlink_to(ROOT / shared)
    (clone / "node_modules").symlink_to(ROOT / "node_modules")
    with Processes() as processes, local_aws(processes, print) as emulator:
        path = os.pathsep.join([str(node), os.defpath])
        yield Desk(clone, emulator, {**emulator.environment, "PATH": path, "AWS_EC2_METADATA_DISABLED": "true"})


def test_a_stage_is_deployed_changed_and_removed_and_its_records_stay(desk: Desk) -> None:
    """The whole life of a deployment; what it says leads on, and only the tables outlive it."""
    here = ("--stage", "trial", "--platform", "host")
    first = desk.types("deploy", *here)
    functions = desk.client("lambda")
    assert (first.returncode, first.stderr) == (0, "")
    assert functions.get_function_configuration(FunctionName="sluice-trial-worker")["State"] == "Active"
    assert "make secrets STAGE=trial REGION=ap-northeast-2" in first.stdout
    assert "-m infra.slack --stage trial --region ap-northeast-2" in first.stdout

    stored = desk.types("secrets", "--stage", "trial", typed="\nxoxb-playground\n\n")
    secret = desk.client("secretsmanager").get_secret_value(SecretId="sluice/trial/slack-bot")["SecretString"]
    assert (stored.returncode, json.loads(secret)) == (0, {"bot_token": "xoxb-playground"})
    assert "xoxb" not in stored.stdout
    assert "aws sqs purge-queue --region ap-northeast-2 --queue-url http" in stored.stdout
    anew = functions.get_function_configuration(FunctionName="sluice-trial-worker")["Description"]
    assert " Secrets of 20" in anew

    again = desk.types("deploy", *here, "--param", "approvalsChannel=C0123", "--param", "logLevel=DEBUG")
    told = functions.get_function_configuration(FunctionName="sluice-trial-worker")["Environment"]["Variables"]
    assert (again.returncode, again.stderr) == (0, "")
    assert (told["APPROVALS_CHANNEL"], told["LOG_LEVEL"]) == ("C0123", "DEBUG")
    assert "The secrets and the records are as they were." in again.stdout

    hesitating = desk.types("remove", "--stage", "trial")
    assert (hesitating.returncode, "sluice-trial" in desk.stacks()) == (1, True)
    assert "stays   the tables sluice-trial-requests and sluice-trial-audit" in hesitating.stdout

    removed = desk.types("remove", "--stage", "trial", "--confirm", "trial")
    assert (removed.returncode, "sluice-trial" in desk.stacks()) == (0, False)
    assert set(desk.client("dynamodb").list_tables()["TableNames"]) == {"sluice-trial-requests", "sluice-trial-audit"}

    returned = desk.types("deploy", *here)
    assert returned.returncode == 1
    assert "taken in this account: table sluice-trial-requests, table sluice-trial-audit." in returned.stderr


def test_a_policy_that_fails_its_cases_is_not_deployed(desk: Desk, tmp_path: Path) -> None:
    """A case that comes out otherwise is told, and AWS is left as it was."""
    policy = tmp_path / "policy"
    shutil.copytree(ROOT / "infra" / "policy", policy)
    (policy / "policy.cedar").write_text('@id("all") permit(principal, action, resource);\n', encoding="utf-8")
    stopped = desk.types("deploy", "--stage", "lax", "--platform", "host", "--policy", str(policy))

    assert (stopped.returncode, "sluice-lax" in desk.stacks()) == (1, False)
    assert "cases came out otherwise" in stopped.stderr
    assert stopped.stderr.splitlines()[-1].startswith("Nothing was deployed: mend the policy")


def test_a_stack_of_somebody_else_with_our_name_is_left_alone(desk: Desk) -> None:
    """A stage name that collides stops before anything is built, also a removal."""
    cloudformation = desk.client("cloudformation")
    cloudformation.create_stack(
        StackName="sluice-taken", TemplateBody=json.dumps(FOREIGN), Tags=[{"Key": "service", "Value": "billing"}]
    )
    stopped = desk.types("deploy", "--stage", "taken", "--platform", "host")
    kept = desk.types("remove", "--stage", "taken", "--confirm", "taken")
    silent = desk.types("secrets", "--stage", "taken", typed="\nxoxb-playground\n\n")

    assert (stopped.returncode, kept.returncode, "sluice-taken" in desk.stacks()) == (1, 1, True)
    assert "is not Sluice's" in stopped.stderr
    assert "is not Sluice's" in kept.stderr
    assert "is not Sluice's" in silent.stderr


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "There are no AWS credentials: sign in"),
        ({"AWS_PROFILE": "nobody"}, "There is no AWS profile 'nobody': set AWS_PROFILE to another."),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, "No AWS region is set: say which"),
        ({"AWS_REGION": "eu-nowhere-1"}, "AWS has no region 'eu-nowhere-1'"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "AWS could not be asked to say whose credentials these are"),
        ({"PATH": "/nowhere"}, "node is not on this machine."),
    ],
)
def test_what_is_missing_around_it_stops_a_deploy_with_a_sentence(
    desk: Desk, variables: dict[str, str], said: str
) -> None:
    """No Node, no credentials, no region, no connection: one sentence each, no traceback, and nothing deployed."""
    stopped = desk.types("deploy", "--stage", "early", "--platform", "host", **variables)

    assert (stopped.returncode, stopped.stderr[: len(said)]) == (1, said)
    assert len(stopped.stderr.splitlines()) == 1
    assert "sluice-early" not in desk.stacks()
