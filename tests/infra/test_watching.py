"""Alarms and dashboard: each points to something that is really measured, and each alarm has its page."""

import contextlib
import io
import json
import logging
import re
from typing import Any, get_args

import pytest

from handler.front import metrics as door
from handler.front.journal import Visit
from handler.front.replies import broken
from handler.telemetry import METRICS, JsonLines, MetricName, count, measuring
from infra.local.stack import ROOT

pytestmark = pytest.mark.xdist_group("template")  # one template, whichever process runs these

Template = dict[str, Any]
# name of the figure, namespace, its dimensions
Figure = tuple[str, str, frozenset[tuple[str, str]]]

FRONT, WORKER = "sluice-prod-front", "sluice-prod-worker"
ALARMS = {
    "ack-slow": ("Sluice", "AckAge", "Maximum", 2, "GreaterThanThreshold"),
    "front-failures": ("Sluice", "DoorFailures", "Sum", 0, "GreaterThanThreshold"),
    "front-errors": ("AWS/Lambda", "Errors", "Sum", 0, "GreaterThanThreshold"),
    "front-throttled": ("AWS/Lambda", "Throttles", "Sum", 0, "GreaterThanThreshold"),
    "worker-errors": ("AWS/Lambda", "Errors", "Sum", 0, "GreaterThanThreshold"),
    "worker-throttled": ("AWS/Lambda", "Throttles", "Sum", 0, "GreaterThanThreshold"),
    "handovers-failed": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", 0, "GreaterThanThreshold"),
    "unknown-outcome": ("Sluice", "UnknownAge", "Maximum", 300, "GreaterThanThreshold"),
    "intent-without-outcome": ("Sluice", "IntentsWithoutOutcome", "Maximum", 0, "GreaterThanThreshold"),
    "end-overdue": ("Sluice", "EndsOverdue", "Maximum", 0, "GreaterThanThreshold"),
    "tick-missing": ("Sluice", "TicksDone", "Sum", 1, "LessThanThreshold"),
}


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    """The alarms' properties, by the end of their names."""
    found = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]
    return {alarm["AlarmName"].removeprefix("sluice-prod-"): alarm for alarm in found}


def widgets(template: Template) -> list[dict[str, Any]]:
    """The dashboard's widgets, in an account and a region."""
    text = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for pseudo, value in {"Partition": "aws", "Region": "ap-northeast-2", "AccountId": "123456789012"}.items():
        text = text.replace(f"${{AWS::{pseudo}}}", value)
    found: list[dict[str, Any]] = json.loads(text)["widgets"]
    return found


def declared(line: dict[str, Any]) -> set[Figure]:
    """The figures that CloudWatch makes of a line."""
    return {
        (metric["Name"], directive["Namespace"], frozenset((name, line[name]) for name in dimensions))
        for directive in line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
        for dimensions in directive["Dimensions"]
    }


def of_worker(name: MetricName) -> set[Figure]:
    """Measure something as worker does, and return what CloudWatch makes of the printed line."""
    printed = io.StringIO()
    handler = logging.StreamHandler(printed)
    handler.setFormatter(JsonLines(WORKER))
    level = measuring.level
    measuring.addHandler(handler)
    measuring.setLevel(logging.INFO)
    with contextlib.ExitStack() as undo:
        undo.callback(measuring.removeHandler, handler)
        undo.callback(measuring.setLevel, level)
        count(name, 1, **({METRICS[name].by: "something"} if METRICS[name].by else {}))
    return declared(json.loads(printed.getvalue()))


def of_front() -> set[Figure]:
    """Let the door measure a genuine request that it could not take, and return what CloudWatch makes of it."""
    visit = Visit("0badcafe", started=0.0, budget_seconds=1.0)
    visit.is_genuine, visit.sent_at = True, 1795402245
    figures = door.figures(visit, broken(500, "bug", "", visit.short_id).reply, 1795402246.0)
    return declared(door.embedded(figures, FRONT, 1795402246.0))


def everything_measured() -> set[Figure]:
    """Whatever the two functions can measure."""
    return of_front().union(*(of_worker(name) for name in get_args(MetricName)))


def test_each_alarm_is_there_with_its_bound(template: Template) -> None:
    """What must wake somebody, and from when on."""
    found = {
        name: (
            alarm["Namespace"],
            alarm["MetricName"],
            alarm["Statistic"],
            alarm["Threshold"],
            alarm["ComparisonOperator"],
        )
        for name, alarm in alarms(template).items()
    }
    assert found == ALARMS


@pytest.mark.parametrize("name", [name for name, (namespace, *_) in ALARMS.items() if namespace == "Sluice"])
def test_an_alarm_on_our_own_figures_points_to_one_that_is_measured(template: Template, name: str) -> None:
    """Name, namespace and dimensions are those of a line that the function prints."""
    alarm = alarms(template)[name]
    dimensions = frozenset((each["Name"], each["Value"]) for each in alarm["Dimensions"])
    assert (alarm["MetricName"], alarm["Namespace"], dimensions) in everything_measured()


def test_an_alarm_on_aws_s_figures_points_to_what_the_stack_has(template: Template) -> None:
    """Lambda's figures are of our two functions, the queue's of our queue."""
    pointed = {
        name: alarm["Dimensions"] for name, alarm in alarms(template).items() if alarm["Namespace"].startswith("AWS/")
    }
    front = [{"Name": "FunctionName", "Value": {"Ref": "FrontLambdaFunction"}}]
    worker = [{"Name": "FunctionName", "Value": {"Ref": "WorkerLambdaFunction"}}]
    assert pointed == {
        "front-errors": front,
        "front-throttled": front,
        "worker-errors": worker,
        "worker-throttled": worker,
        "handovers-failed": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["FailureQueue", "QueueName"]}}],
    }


def test_only_a_missing_tick_is_an_alarm_when_nothing_is_measured(template: Template) -> None:
    """Five minutes without a tick are one; at night without a command nothing else may wake anybody."""
    found = alarms(template)
    breaching = {name for name, alarm in found.items() if alarm["TreatMissingData"] == "breaching"}
    minutes = {name: alarm["Period"] * alarm["EvaluationPeriods"] / 60 for name, alarm in found.items()}
    assert breaching == {"tick-missing"}
    assert minutes == {name: 5 if name == "tick-missing" else 1 for name in ALARMS}


def test_every_alarm_tells_the_one_topic_when_it_begins_and_when_it_is_over(template: Template) -> None:
    """Nobody has to look whether it is still so."""
    told = [(alarm["AlarmActions"], alarm["OKActions"]) for alarm in alarms(template).values()]
    assert told == [([{"Ref": "AlarmTopic"}], [{"Ref": "AlarmTopic"}])] * len(ALARMS)


def test_mail_is_sent_to_whom_the_deployer_names(template: Template) -> None:
    """The address is the stack's parameter; without one nobody is subscribed."""
    mail = template["Resources"]["AlarmEmail"]
    assert mail["Condition"] == "HasAlarmAddress"
    assert mail["Properties"] == {
        "TopicArn": {"Ref": "AlarmTopic"},
        "Protocol": "email",
        "Endpoint": {"Ref": "AlarmAddress"},
    }
    assert template["Conditions"]["HasAlarmAddress"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmAddress"}, ""]}]}


def test_the_dashboard_shows_every_figure_and_none_that_nobody_measures(template: Template) -> None:
    """Whatever is measured can be seen on one page, and no line of it stays empty for ever."""
    shown: set[Figure] = set()
    for widget in widgets(template):
        for line in widget["properties"].get("metrics", []):
            if isinstance(line[0], str) and line[0] == "Sluice":
                namespace, name, *dimensions = [part for part in line if isinstance(part, str)]
                shown.add((name, namespace, frozenset(zip(dimensions[::2], dimensions[1::2], strict=True))))
            elif isinstance(line[0], dict):
                search = line[0]["expression"]
                (name,) = re.findall(r'MetricName="(\w+)"', search)
                (schema,) = re.findall(r"\{Sluice,([\w,]+)\}", search)
                assert set(schema.split(",")) == {"function", METRICS[name].by}
                assert f'function="{WORKER}"' in search
                shown.add((name, "Sluice", frozenset({("function", WORKER)})))
    sums = {figure for figure in everything_measured() if len(figure[2]) == 1}
    assert shown == sums


def test_the_dashboard_shows_every_alarm(template: Template) -> None:
    """The first row is the alarms, by their names."""
    (row,) = [widget for widget in widgets(template) if widget["type"] == "alarm"]
    prefix = "arn:aws:cloudwatch:ap-northeast-2:123456789012:alarm:sluice-prod-"
    assert {arn.removeprefix(prefix) for arn in row["properties"]["alarms"]} == set(ALARMS)


@pytest.mark.parametrize("name", ALARMS)
def test_every_alarm_has_its_page_and_names_it(template: Template, name: str) -> None:
    """The runbook says what it means, what to look at, what to do and when it is over; the mail says where."""
    pages = re.split(r"(?m)^## ", (ROOT / "docs" / "runbook.md").read_text("utf-8"))
    (page,) = [page for page in pages if page.splitlines()[0] == name]
    parts = re.findall(r"(?m)^\*\*(It means:|Look at:|Do:|It is over when)\*\*", page)
    assert parts == ["It means:", "Look at:", "Do:", "It is over when"]
    assert alarms(template)[name]["AlarmDescription"].endswith(f"docs/runbook.md, {name}")


def test_the_runbook_has_no_page_without_an_alarm() -> None:
    """What is no alarm any more has no page."""
    text = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    assert set(re.findall(r"(?m)^## (.+)$", text)) == set(ALARMS)
