"""A short conversation that needs every permission of both roles, and the deployed roles with one permission less."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from handler.domain.sealing import SEALS
from infra.local.processes import ProcessError
from infra.local.script.player import Player, Unmet
from infra.local.script.record import Record
from infra.local.script.sights import alone, card, posted
from infra.local.script.stage import Stage
from infra.local.ticks import EVENT, tick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.deploy import Deployment
    from infra.local.playground import Playground

KIM, LEE = "U0KIM", "U0LEE"


class Permission(NamedTuple):
    """One verb on one resource; ``resource`` is the end of its ARN, without what AWS adds."""

    role: str
    verb: str
    resource: str


# Much more than any step takes, on a busy machine too: a step that AWS refuses is not waited for that long.
PATIENCE_SECONDS = 90.0


def rehearse(playground: Playground) -> list[str]:
    """Hold the conversation with empty tables and functions that know nothing yet; return what went wrong."""
    deployment = playground.deployment
    playground.dataflow.reset()
    for table, key in ((deployment.requests_table, ("pk",)), (deployment.audit_table, ("request_id", "seq"))):
        _empty(deployment, table, key)
    for function in (deployment.front_function, deployment.worker_function):
        _forget(deployment, function)
    play = Player(playground, lambda _: None, patience_seconds=PATIENCE_SECONDS, mishaps=lambda: denials(deployment))
    play.catches_up()
    try:
        _talk(Stage(play, Record(deployment)))
    except (Unmet, ProcessError) as unmet:
        return [*play.failures, str(unmet)]
    return play.failures


def _talk(on: Stage) -> None:
    done = on.play.types(KIM, "scale job001 workers=4", posted("Done:", "workers 2 → 4"))
    on.records(done, "requested", "applying", "applied")
    asked = on.play.types(KIM, "scale wordcount workers=8", posted("workers 2 → 8", "Needs 1 more approval"))
    on.play.presses(KIM, asked, "Approve", alone(KIM, "your own request"))
    on.play.types(KIM, "requests", alone(KIM, "wordcount workers 2 → 8"))
    on.play.presses(LEE, asked, "Approve", card("Done:", "workers 2 → 8"))
    on.play.types(KIM, "history job001", alone(KIM, "workers 2 → 4", "applied"))
    on.play.types(KIM, f"history <@{KIM}>", alone(KIM, "workers 2 → 4", "applied"))
    tick(on.play.playground.deployment)
    on.play.checks("a day was sealed", holds=len(on.record.archive.chain(SEALS)) == 1)


def denials(deployment: Deployment) -> int:
    """Return how often AWS told one of the functions that it may not, by the functions' own logs."""
    functions = (deployment.front_function, deployment.worker_function)
    return sum("AccessDenied" in line for function in functions for line in deployment.log_lines(function))


def granted(deployment: Deployment) -> dict[Permission, str]:
    """Return what the deployed roles grant, each with the Sid of its statement."""
    found: dict[Permission, str] = {}
    for role in (deployment.front_function, deployment.worker_function):
        for statement in _document(deployment, role)["Statement"]:
            for verb in _several(statement["Action"]):
                for resource in _several(statement["Resource"]):
                    found[Permission(role, verb, _short(resource))] = statement["Sid"]
    return found


@contextmanager
def without(deployment: Deployment, lost: Permission) -> Iterator[None]:
    """Take one permission from its role while the block runs."""
    before = _document(deployment, lost.role)
    kept = [
        {**statement, "Action": verb, "Resource": resource}
        for statement in before["Statement"]
        for verb in _several(statement["Action"])
        for resource in _several(statement["Resource"])
        if (verb, _short(resource)) != (lost.verb, lost.resource)
    ]
    unique = [{**statement, "Sid": f"S{number}"} for number, statement in enumerate(kept)]
    _put(deployment, lost.role, {**before, "Statement": unique})
    try:
        yield
    finally:
        _put(deployment, lost.role, before)


def _document(deployment: Deployment, role: str) -> dict[str, Any]:
    iam = deployment.client("iam")
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document: dict[str, Any] = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    return document


def _put(deployment: Deployment, role: str, document: dict[str, Any]) -> None:
    iam = deployment.client("iam")
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def _several(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def _short(arn: str) -> str:
    return arn.split(":", 5)[5].removesuffix("-??????")


def _empty(deployment: Deployment, table: str, key: tuple[str, ...]) -> None:
    dynamodb = deployment.client("dynamodb")
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            dynamodb.delete_item(TableName=table, Key={name: item[name] for name in key})


def _forget(deployment: Deployment, function: str) -> None:
    """Let a function start afresh, so that nothing it has read before hides a right that it lacks now."""
    client = deployment.client("lambda")
    told = client.get_function_configuration(FunctionName=function)["Environment"]
    client.update_function_configuration(FunctionName=function, Environment=told)
    client.invoke(FunctionName=function, Payload=json.dumps(EVENT))  # a start on a busy machine takes seconds
