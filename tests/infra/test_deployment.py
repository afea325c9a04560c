"""The real stack on the local AWS with its roles enforced: the door, the hand-over, and what the worker may do."""

import contextlib
import hashlib
import hmac
import http.client
import io
import json
import shutil
import time
import urllib.parse
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.aws import local_client
from infra.local.deploy import Deployment, Outside, Secrets
from infra.local.processes import Processes
from infra.local.stack import ROOT, running_stack
from tests.infra.small_lock import lock_of

pytestmark = pytest.mark.xdist_group("deployment")  # one deployment, whichever process runs these

SIGNING_SECRET = "playground"
NOBODY = "http://127.0.0.1:9"  # the discard port: the worker's stand-in speaks to nobody outside
FACT = {"request_id": {"S": "r"}, "seq": {"N": "1"}}
LOCK = {"pk": {"S": "job#1"}}


@pytest.fixture(scope="module")
def deployment(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """This work tree's stack with a worker that does as a test asks, deployed once for this module."""
    assert node.is_dir()
    root = tmp_path_factory.mktemp("tree")
    for shared in (".playground", ".build"):
        (ROOT / shared).mkdir(exist_ok=True)
        (root / shared).symlink_to(ROOT / shared)
    for name in (
        "serverless.yml",
        "package.json",
        "package-lock.json",
        "requirements-playground.lock",
        "pyproject.toml",
    ):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "infra", root / "infra")
    shutil.copytree(ROOT / "handler", root / "handler")
    shutil.copy(Path(__file__).with_name("probe_worker.py"), root / "handler" / "entrypoints" / "worker.py")
    (root / "requirements.lock").write_text(lock_of("idna"), encoding="utf-8")
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    secrets = Secrets(SIGNING_SECRET, "xoxb-playground", "playground-access", "playground-secret")
    with (
        Processes() as processes,
        running_stack(
            Outside(f"{NOBODY}/api/", NOBODY, secrets), processes, print, root=root, enforce_roles=True
        ) as stack,
    ):
        yield stack


def knock(deployment: Deployment, form: dict[str, str], secret: str = SIGNING_SECRET) -> tuple[int, str]:
    """Send a form to the deployed door as Slack does; the status and the body of its answer."""
    body = urllib.parse.urlencode(form)
    moment = str(int(time.time()))
    signature = hmac.new(secret.encode(), f"v0:{moment}:{body}".encode(), hashlib.sha256).hexdigest()
    address = urllib.parse.urlsplit(deployment.front_url)
    headers = {
        "Host": deployment.front_host_header,
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": moment,
        "X-Slack-Signature": f"v0={signature}",
    }
    with contextlib.closing(http.client.HTTPConnection(address.netloc, timeout=20)) as connection:
        connection.request("POST", "/slack", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def outcome(deployment: Deployment, service: str, operation: str, *, function: str = "", **arguments: Any) -> str:
    """What became of an AWS call made by the deployed worker, or another function: "done" or the error's code."""
    payload = json.dumps({"call": [service, operation, arguments]})
    answer = deployment.client("lambda").invoke(FunctionName=function or deployment.worker_function, Payload=payload)
    was: str = json.loads(answer["Payload"].read())["was"]
    return was


def test_a_signed_form_comes_through_the_door_to_the_worker_and_back(deployment: Deployment) -> None:
    """The door verifies the raw body, reads its secret, invokes the worker and relays its answer."""
    form = {"type": "view_submission", "view": {"id": "V1"}, "note": "스케일 up & %20"}

    status, body = knock(deployment, {"payload": json.dumps(form)})

    assert (status, body) == (200, repr(form))


def test_a_forged_command_stays_outside(deployment: Deployment) -> None:
    """A request that another secret signed gets 401 and nothing more."""
    status, _ = knock(deployment, {"command": "/dataflow", "text": "help"}, secret="guessed")

    assert status == 401


def test_a_hand_over_that_keeps_failing_is_kept(deployment: Deployment) -> None:
    """A command is acknowledged at once; when the worker fails, what was asked for ends in the queue of failures."""
    form = {"command": "/dataflow", "text": "status job001", "trigger_id": "1.2.abc"}
    acknowledged = knock(deployment, form)
    received = deployment.client("sqs").receive_message(QueueUrl=deployment.failure_queue_url, WaitTimeSeconds=20)
    (message,) = received["Messages"]
    handed_over = json.loads(message["Body"])["requestPayload"]

    assert acknowledged == (200, "")
    assert {name: handed_over[name] for name in ("sluice", "kind", "body")} == {
        "sluice": 1,
        "kind": "command",
        "body": form,
    }


@pytest.mark.parametrize(
    ("operation", "arguments", "was"),
    [
        ("put_item", {"Item": FACT}, "done"),
        (
            "query",
            {"KeyConditionExpression": "request_id = :r", "ExpressionAttributeValues": {":r": {"S": "r"}}},
            "done",
        ),
        (
            "query",
            {
                "IndexName": "by_job",
                "KeyConditionExpression": "job_id = :j",
                "ExpressionAttributeValues": {":j": {"S": "j"}},
            },
            "done",
        ),
        ("delete_item", {"Key": FACT}, "AccessDeniedException"),
        ("update_item", {"Key": FACT, "UpdateExpression": "REMOVE actor"}, "AccessDeniedException"),
        ("get_item", {"Key": FACT}, "AccessDeniedException"),
        ("scan", {}, "AccessDeniedException"),
    ],
)
def test_the_worker_may_append_to_the_audit_table_and_query_it_and_nothing_more(
    deployment: Deployment, operation: str, arguments: dict[str, Any], was: str
) -> None:
    """The audit table is append-only by permission: AWS itself refuses the rest."""
    assert outcome(deployment, "dynamodb", operation, TableName=deployment.audit_table, **arguments) == was


def test_the_worker_may_write_state_and_fact_together(deployment: Deployment) -> None:
    """One transaction over both tables, with a check of a third item, needs no more than the verbs granted."""
    parts = [
        {"Put": {"TableName": deployment.requests_table, "Item": {"pk": {"S": "request#1"}}}},
        {"Update": {"TableName": deployment.requests_table, "Key": LOCK, "UpdateExpression": "SET held_by = :r",
                    "ExpressionAttributeValues": {":r": {"S": "1"}}}},
        {"ConditionCheck": {"TableName": deployment.requests_table, "Key": {"pk": {"S": "other"}},
                            "ConditionExpression": "attribute_not_exists(pk)"}},
        {"Put": {"TableName": deployment.audit_table, "Item": {"request_id": {"S": "1"}, "seq": {"N": "1"}}}},
    ]  # fmt: skip

    assert outcome(deployment, "dynamodb", "transact_write_items", TransactItems=parts) == "done"
    assert outcome(deployment, "dynamodb", "delete_item", TableName=deployment.requests_table, Key=LOCK) == "done"


@pytest.mark.parametrize(
    ("secret", "was"),
    [("slack-bot", "done"), ("ncp", "done"), ("slack-signing", "AccessDeniedException")],
)
def test_the_worker_reads_its_own_secrets_only(deployment: Deployment, secret: str, was: str) -> None:
    """The signing secret is the door's alone."""
    assert outcome(deployment, "secretsmanager", "get_secret_value", SecretId=f"sluice/playground/{secret}") == was


@pytest.fixture(scope="module")
def with_front_s_role(deployment: Deployment) -> str:
    """The name of a function that does as a test asks, with the door's role."""
    name, functions = "probe-of-front", deployment.client("lambda")
    front = functions.get_function_configuration(FunctionName=deployment.front_function)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(Path(__file__).with_name("probe_worker.py"), "probe_worker.py")
    functions.create_function(
        FunctionName=name,
        Runtime=front["Runtime"],
        Role=front["Role"],
        Handler="probe_worker.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=20,
    )
    return name


@pytest.mark.parametrize(
    ("call", "arguments", "was"),
    [
        ("secretsmanager.get_secret_value", {"SecretId": "sluice/playground/slack-signing"}, "done"),
        ("secretsmanager.get_secret_value", {"SecretId": "sluice/playground/ncp"}, "AccessDeniedException"),
        ("secretsmanager.get_secret_value", {"SecretId": "sluice/playground/slack-bot"}, "AccessDeniedException"),
        ("dynamodb.get_item", {"TableName": "sluice-playground-requests", "Key": LOCK}, "AccessDeniedException"),
        ("dynamodb.put_item", {"TableName": "sluice-playground-requests", "Item": LOCK}, "AccessDeniedException"),
        ("dynamodb.scan", {"TableName": "sluice-playground-requests"}, "AccessDeniedException"),
        ("dynamodb.get_item", {"TableName": "sluice-playground-audit", "Key": FACT}, "AccessDeniedException"),
        ("dynamodb.put_item", {"TableName": "sluice-playground-audit", "Item": FACT}, "AccessDeniedException"),
        ("dynamodb.scan", {"TableName": "sluice-playground-audit"}, "AccessDeniedException"),
    ],
)
def test_the_door_s_role_reaches_neither_table_and_no_secret_but_its_own(
    deployment: Deployment, with_front_s_role: str, call: str, arguments: dict[str, Any], was: str
) -> None:
    """Whoever broke the public function would find the signing secret, and nothing to change anything with."""
    service, _, operation = call.partition(".")

    assert outcome(deployment, service, operation, function=with_front_s_role, **arguments) == was


def test_the_local_aws_listens_on_loopback_only(deployment: Deployment) -> None:
    """Nobody else on the network can reach the playground."""
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("The kernel's list of listening sockets is /proc/net/tcp, which only Linux has.")
    port = urllib.parse.urlsplit(deployment.endpoint_url).port
    sockets = [line.split()[1].split(":") for line in listening.read_text(encoding="ascii").splitlines()[1:]]
    addresses = {address for address, number in sockets if int(number, 16) == port}

    assert addresses == {"0100007F"}


def test_a_local_client_heeds_none_of_the_users_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile that is not there, or an address of the user's, neither breaks nor leads astray the playground."""
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://dynamodb.example")

    assert local_client("dynamodb", NOBODY, "ap-northeast-2").meta.endpoint_url == NOBODY
