"""No permission is spare: the deployed roles are enforced, and without any one of theirs the conversation fails."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from infra.local.playground import playground
from infra.local.processes import Processes
from tests.infra.rehearsal import Permission, denials, granted, rehearse, without

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.local.playground import Playground

pytestmark = pytest.mark.xdist_group("permissions")  # one deployment, whichever process runs these

FRONT, WORKER = "sluice-playground-front", "sluice-playground-worker"
REQUESTS, AUDIT = "table/sluice-playground-requests", "table/sluice-playground-audit"
# `make test-roles` tries them all; otherwise these: one of each kind, and the one that makes the record append-only.
SAMPLE = (
    Permission(FRONT, "lambda:InvokeFunction", f"function:{WORKER}"),
    Permission(WORKER, "dynamodb:PutItem", AUDIT),
    Permission(WORKER, "secretsmanager:GetSecretValue", "secret:sluice/playground/ncp"),
)
REST = (
    Permission(FRONT, "secretsmanager:GetSecretValue", "secret:sluice/playground/slack-signing"),
    Permission(WORKER, "dynamodb:ConditionCheckItem", REQUESTS),
    Permission(WORKER, "dynamodb:DeleteItem", REQUESTS),
    Permission(WORKER, "dynamodb:GetItem", REQUESTS),
    Permission(WORKER, "dynamodb:PutItem", REQUESTS),
    Permission(WORKER, "dynamodb:UpdateItem", REQUESTS),
    Permission(WORKER, "dynamodb:Query", f"{REQUESTS}/index/open"),
    Permission(WORKER, "dynamodb:Query", AUDIT),
    Permission(WORKER, "dynamodb:Query", f"{AUDIT}/index/by_actor"),
    Permission(WORKER, "dynamodb:Query", f"{AUDIT}/index/by_day"),
    Permission(WORKER, "dynamodb:Query", f"{AUDIT}/index/by_job"),
    Permission(WORKER, "secretsmanager:GetSecretValue", "secret:sluice/playground/slack-bot"),
)
# What the local AWS does by itself, without asking whether the role may: so nobody can see here that it is needed.
# Lambda's documentation says so of both ("Defining Lambda function permissions with an execution role"; "Capturing
# records of Lambda asynchronous invocations", which names the permission for a queue).
NOT_PROVEN = (
    Permission(WORKER, "sqs:SendMessage", "sluice-playground-failures"),
    *(
        Permission(role, f"logs:{verb}", f"log-group:/aws/lambda/{role}:log-stream:*")
        for role in (FRONT, WORKER)
        for verb in ("CreateLogStream", "PutLogEvents")
    ),
)
TRIED = (*SAMPLE, *REST) if os.environ.get("SLUICE_EVERY_PERMISSION") else SAMPLE


@pytest.fixture(scope="module")
def enforcing(node: Path) -> Iterator[Playground]:
    """The whole playground with its roles enforced; what a test left undone is not tried again during the next."""
    assert node.is_dir()
    with Processes() as processes, playground(processes, print, enforce_roles=True) as up:
        up.deployment.client("lambda").put_function_event_invoke_config(
            FunctionName=up.deployment.worker_function, MaximumRetryAttempts=0
        )
        up.deployment.client("events").disable_rule(Name="sluice-playground-tick")
        yield up


@pytest.fixture(scope="module")
def wrong_with_all_permissions(enforcing: Playground) -> list[str]:
    """What went wrong in a conversation with the roles as they are deployed."""
    return rehearse(enforcing)


def test_with_their_roles_the_functions_hold_the_whole_conversation(wrong_with_all_permissions: list[str]) -> None:
    """What the roles grant is enough."""
    assert wrong_with_all_permissions == []


@pytest.mark.parametrize("permission", TRIED, ids=lambda each: f"{each.role} {each.verb} {each.resource}")
def test_without_any_of_its_permissions_the_conversation_fails(enforcing: Playground, permission: Permission) -> None:
    """What the roles grant is not more than enough."""
    denied_before = denials(enforcing.deployment)
    with without(enforcing.deployment, permission):
        wrong = rehearse(enforcing)
    assert wrong != []
    denied = denials(enforcing.deployment) - denied_before
    assert denied > 0  # it failed for that, and not for a slow machine


def test_each_line_of_the_log_says_which_run_and_which_request_it_is_about(
    enforcing: Playground, wrong_with_all_permissions: list[str]
) -> None:
    """A request's id leads to the worker's lines on it, theirs to the door's line, and each line names its run."""
    assert wrong_with_all_permissions == []
    deployment = enforcing.deployment
    lines = {
        function: [json.loads(line) for line in deployment.log_lines(function) if line.startswith("{")]
        for function in (deployment.front_function, deployment.worker_function)
    }
    anonymous = [line for each in lines.values() for line in each if not line.get("lambda_request_id")]
    outcomes = [line for line in lines[deployment.worker_function] if line.get("state") == "applied"]
    doors = {line["id"] for line in lines[deployment.front_function]}

    assert anonymous == []
    assert outcomes != []
    assert all(line["request_id"] and line["door_id"] in doors for line in outcomes)


def test_the_permissions_tried_are_all_there_are(enforcing: Playground) -> None:
    """A permission that is granted is tried, or there is a reason why it cannot be."""
    assert set(granted(enforcing.deployment)) == {*SAMPLE, *REST, *NOT_PROVEN}


def test_after_all_this_the_conversation_is_held_again(enforcing: Playground) -> None:
    """It failed for want of a permission, and of nothing else."""
    assert rehearse(enforcing) == []
