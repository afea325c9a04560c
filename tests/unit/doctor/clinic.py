"""A deployment in perfect order, of which a test changes one thing: AWS in memory, the rest on 127.0.0.1."""

from __future__ import annotations

import json
import threading
from copy import deepcopy
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from handler.adapters.ledger.pulse import tick_item
from handler.adapters.ledger.seals import sealing_item
from handler.adapters.policy.folder import read_texts
from handler.adapters.scopes import SCOPES
from handler.domain import sealing
from handler.entrypoints.doctor.evidence import Evidence, Tools, Wanted
from handler.entrypoints.doctor.examination import examine
from handler.front.door import World, compose
from handler.ports import Tick
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from handler.entrypoints.doctor.findings import Verdict

REGION: Final = "ap-northeast-2"
FRONT_URL: Final = "https://abc.lambda-url.ap-northeast-2.on.aws/"
QUEUE_URL: Final = "https://sqs.ap-northeast-2.amazonaws.com/1/sluice-prod-failures"
SIGNING_SECRET: Final = "signing-hush"
BOT_TOKEN: Final = "xoxb-bot-hush"
ACCESS_KEY: Final = "access-hush"
SECRET_KEY: Final = "secret-hush"
HUSH: Final = "hush"
AUDIT_POLICY: Final[dict[str, list[dict[str, Any]]]] = {
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"],
        },
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "dynamodb:PutItem", "Condition": {}},
    ]
}
POLICY: Final = '@id("look") permit(principal in Group::"oncall", action == Action::"view", resource);\n'
SETTINGS: Final = '[groups]\noncall = "S0ONCALL"\nleads = ["U0LEE"]\n[approvals]\nchannel = "C0INCIDENT"\n'
CASES: Final = (
    '[[case]]\nname = "on-call looks"\ngiven = { groups = ["oncall"], action = "view" }\nexpect = "allowed"\n'
)


def refusal(code: str, operation: str = "GetSecretValue") -> ClientError:
    """Make the error of boto3 for a code of AWS."""
    return ClientError({"Error": {"Code": code, "Message": f"not to be repeated: {HUSH}"}}, operation)


@dataclass
class Aws:
    """Gives the answer kept for an operation, or for one of its arguments; an exception is raised."""

    answers: dict[str, Any]
    asked: list[str] = field(default_factory=list)

    def __call__(self, service: str) -> Any:
        """Make a client."""
        return _Client(self, service)


class _Client:
    def __init__(self, aws: Aws, service: str) -> None:
        self._aws = aws
        self.meta = SimpleNamespace(region_name=REGION)
        self._service = service

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            told = [*arguments.values(), arguments.get("Key", {}).get("pk", {}).get("S")]
            names = [f"{operation} {value}" for value in told if isinstance(value, str)]
            key = next((name for name in names if name in self._aws.answers), operation)
            self._aws.asked.append(key)
            answer = self._aws.answers[key]
            if isinstance(answer, Exception):
                raise answer
            return deepcopy(answer)

        return call


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; ``body`` goes out as JSON unless it is text."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Clinic:
    """The deployment. Change ``aws.answers``, ``slack``, ``naver`` or ``door``; then look at ``findings``."""

    folder: Path
    wanted: Wanted = field(default_factory=lambda: Wanted("prod"))
    clock: FakeClock = field(default_factory=FakeClock)
    slack: dict[str, Reply] = field(default_factory=dict)
    naver: Reply = field(default_factory=lambda: Reply({}))
    door: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    environ: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        for name, text in {"policy.cedar": POLICY, "settings.toml": SETTINGS, "cases.toml": CASES}.items():
            (self.folder / name).write_text(text, "utf-8")
        self.environ |= {"POLICY_DIR": str(self.folder)}
        self.wanted = Wanted("prod", through=self.url)
        self.aws = Aws(_healthy(self.url, self.clock, self.policy_version))
        self.slack |= {
            "auth.test": Reply(
                {"ok": True, "user": "sluice", "team": "Acme"}, headers={"X-OAuth-Scopes": ",".join(SCOPES)}
            ),
            "conversations.history": Reply({"ok": True, "messages": []}),
            "usergroups.users.list": Reply({"ok": True, "users": ["U0KIM"]}),
        }
        self.naver = Reply({"list": [{"jobId": "a", "name": "a"}]}, headers={"date": format_datetime(self.clock.now())})
        front = {"SLACK_SIGNING_SECRET": SIGNING_SECRET, "WORKER_FUNCTION": "worker", "AWS_REGION": REGION}
        nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
        world = World(clock=lambda: self.clock.now().timestamp(), write=self.heard.append)
        self.door = compose({**front, **nowhere}, world).answer
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def policy_version(self) -> str:
        """The version of the policy in the folder."""
        return read_texts(self.folder).version

    @property
    def tools(self) -> Tools:
        """What the doctor looks with."""
        return Tools(self.environ, self.aws, self.clock, lambda: "7k3m")

    def findings(self) -> dict[str, Verdict]:
        """Make every check."""
        return {finding.check: finding.verdict for finding in examine(Evidence(self.wanted, self.tools))}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, clinic: Clinic) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.clinic = clinic


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer(self.server.clinic.naver)

    def do_POST(self) -> None:
        clinic = self.server.clinic
        body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
        path = urlsplit(self.path).path
        if path.startswith("/slack/"):
            self._answer(clinic.slack[path.removeprefix("/slack/")])
            return
        assert clinic.door is not None
        answer = clinic.door(
            {
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "requestContext": {"http": {"method": "POST"}},
                "body": body,
                "isBase64Encoded": False,
            }
        )
        self._answer(Reply(answer["body"], answer["statusCode"], answer["headers"]))

    def _answer(self, reply: Reply) -> None:
        body = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
        self.send_response_only(reply.status)
        for name, value in {"content-type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_parts: object) -> None:
        """Say nothing."""


def _healthy(url: str, clock: FakeClock, policy_version: str) -> dict[str, Any]:
    outputs = {
        "FrontUrl": FRONT_URL,
        "FrontFunction": "sluice-prod-front",
        "WorkerFunction": "sluice-prod-worker",
        "SlackSigningSecretName": "sluice/prod/slack-signing",
        "FailureQueueUrl": QUEUE_URL,
    }
    front = {"SLACK_SECRET_ID": "sluice/prod/slack-signing", "WORKER_FUNCTION": "sluice-prod-worker"}
    worker = {
        "SLACK_SECRET_ID": "sluice/prod/slack-bot",
        "SLACK_API_URL": f"{url}/slack/",
        "NCP_SECRET_ID": "sluice/prod/ncp",
        "NCP_DATAFLOW_URL": f"{url}/naver",
        "REQUESTS_TABLE": "sluice-prod-requests",
        "AUDIT_TABLE": "sluice-prod-audit",
    }
    return {
        "describe_stacks": {
            "Stacks": [
                {
                    "StackStatus": "UPDATE_COMPLETE",
                    "Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()],
                }
            ]
        },
        "get_function_configuration sluice-prod-front": {"Environment": {"Variables": front}},
        "get_function_configuration sluice-prod-worker": {"Environment": {"Variables": worker}},
        "get_secret_value sluice/prod/slack-signing": _secret(signing_secret=SIGNING_SECRET),
        "get_secret_value sluice/prod/slack-bot": _secret(bot_token=BOT_TOKEN),
        "get_secret_value sluice/prod/ncp": _secret(access_key=ACCESS_KEY, secret_key=SECRET_KEY),
        "describe_table sluice-prod-requests": {
            "Table": _table("sluice-prod-requests", ["pk"], open=["gsi_open", "gsi_due_at"])
        },
        "describe_table sluice-prod-audit": {
            "Table": _table(
                "sluice-prod-audit",
                ["request_id", "seq"],
                by_job=["job_id", "gsi_at"],
                by_actor=["actor", "gsi_at"],
                by_day=["gsi_day", "gsi_at"],
            )
        },
        "describe_continuous_backups": {
            "ContinuousBackupsDescription": {
                "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"},
            }
        },
        "describe_time_to_live sluice-prod-requests": {
            "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "forget_at"}
        },
        "describe_time_to_live sluice-prod-audit": {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}},
        "get_resource_policy": {"Policy": json.dumps(AUDIT_POLICY)},
        "query": {"Items": []},
        "get_item tick#last": {"Item": tick_item(Tick(clock.now(), policy_version))},
        "get_item seals": {"Item": sealing_item(sealing.begun(clock.now()))},
        "get_queue_attributes": {"Attributes": {"ApproximateNumberOfMessages": "0"}},
    }


def _secret(**members: str) -> dict[str, str]:
    return {"SecretString": json.dumps(members)}


def _table(name: str, key: list[str], **indexes: list[str]) -> dict[str, Any]:
    return {
        "TableName": name,
        "TableStatus": "ACTIVE",
        "KeySchema": _key(key),
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "IndexStatus": "ACTIVE", "KeySchema": _key(names)} for index, names in indexes.items()
        ],
        "TableArn": f"arn:aws:dynamodb:{REGION}:1:table/{name}",
        "DeletionProtectionEnabled": True,
        "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS"},
    }


def _key(names: list[str]) -> list[dict[str, str]]:
    return [{"AttributeName": name} for name in names]
