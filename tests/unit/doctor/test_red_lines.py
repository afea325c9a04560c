"""Each thing that may be wrong with a deployment is one red line, with what mends it; all else is looked at still."""

from __future__ import annotations

import json
from datetime import date
from typing import Final

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)

from handler.adapters.scopes import SCOPES
from handler.domain.model import Head
from handler.entrypoints.doctor.examination import CHECKS
from handler.entrypoints.doctor.findings import Green, NotChecked, Red
from tests.unit.doctor.clinic import HUSH, Clinic, Reply, refusal
from tests.unit.doctor.spoilt import (
    AUDIT,
    BOT,
    FRONT,
    NCP,
    REQUESTS,
    SIGNING,
    WORKER,
    Spoil,
    answering,
    door,
    echo,
    late_tick,
    naver,
    newer_request,
    nobody,
    other_policy,
    policy_file,
    saying,
    sealed,
    secret,
    table,
    told,
    wrong_clock,
)

RED: Final[list[tuple[str, Spoil, str, str]]] = [
    # AWS, and what is deployed
    (
        "stack",
        answering("describe_stacks", refusal("ValidationError", "DescribeStacks")),
        "There is no stack sluice-prod in the region ap-northeast-2 of this account.",
        "give the --region and --stage of your deployment, or: make deploy STAGE=prod",
    ),
    (
        "stack",
        answering("describe_stacks", {"Stacks": []}),
        "There is no stack sluice-prod in the region ap-northeast-2 of this account.",
        "make deploy STAGE=prod",
    ),
    (
        "stack",
        answering("describe_stacks", NoCredentialsError()),
        "There are no AWS credentials here.",
        "aws sts get-caller-identity",
    ),
    ("stack", answering("describe_stacks", NoRegionError()), "No AWS region is named.", "give --region"),
    (
        "stack",
        answering("describe_stacks", ProfileNotFound(profile="team")),
        "The config profile (team) could not be found.",
        "aws configure list-profiles",
    ),
    (
        "stack",
        answering("describe_stacks", refusal("ExpiredToken", "DescribeStacks")),
        "AWS does not take these credentials (ExpiredToken).",
        "aws sts get-caller-identity",
    ),
    (
        "stack",
        answering("describe_stacks", refusal("AccessDenied", "DescribeStacks")),
        "These credentials may not read the stack (AccessDenied at DescribeStacks).",
        "let whoever runs the doctor call DescribeStacks",
    ),
    (
        "stack",
        answering("describe_stacks", refusal("Throttling", "DescribeStacks")),
        "AWS did not tell the stack (Throttling at DescribeStacks).",
        "run this again in a minute",
    ),
    (
        "stack",
        answering("describe_stacks", ConnectTimeoutError(endpoint_url="https://cloudformation")),
        "AWS could not be asked for the stack (ConnectTimeoutError).",
        "look at the network, the name of the region and AWS_ENDPOINT_URL",
    ),
    (
        "stack",
        lambda clinic: clinic.aws.answers["describe_stacks"]["Stacks"][0].update(StackStatus="UPDATE_ROLLBACK_FAILED"),
        "The stack sluice-prod is broken (UPDATE_ROLLBACK_FAILED).",
        "aws cloudformation describe-stack-events --stack-name sluice-prod",
    ),
    (
        "stack",
        lambda clinic: clinic.aws.answers["describe_stacks"]["Stacks"][0]["Outputs"].pop(),
        "The stack sluice-prod is of another version: it does not tell FailureQueueUrl.",
        "make deploy STAGE=prod",
    ),
    (
        "stack",
        answering(WORKER, refusal("ResourceNotFoundException", "GetFunctionConfiguration")),
        "There is no function sluice-prod-worker, though the stack names it.",
        "make deploy STAGE=prod",
    ),
    (
        "stack",
        answering(FRONT, refusal("AccessDeniedException", "GetFunctionConfiguration")),
        "These credentials may not read the settings of sluice-prod-front",
        "GetFunctionConfiguration",
    ),
    # settings
    (
        "settings",
        told(WORKER, AUDIT_TABLE="", LOG_LEVEL="LOUD"),
        "AUDIT_TABLE is not set; it names a DynamoDB table. LOG_LEVEL is none of",
        "mend serverless.yml, then: make deploy STAGE=prod",
    ),
    (
        "settings",
        told(FRONT, WORKER_FUNCTION=""),
        "front: WORKER_FUNCTION is not set: the name or ARN of the worker function.",
        "mend serverless.yml, then: make deploy STAGE=prod",
    ),
    # policy
    (
        "policy",
        policy_file("policy.cedar", "permit(principal, action resource);"),
        "The policy is not valid: policy.cedar, line 1",
        "sluice policy check ",
    ),
    (
        "policy",
        policy_file("settings.toml", "[limits"),
        "The policy is not valid: settings.toml",
        "sluice policy check ",
    ),
    (
        "policy cases",
        policy_file("cases.toml", "[[case]\n"),
        "The policy's cases cannot be read: cases.toml",
        "sluice policy check ",
    ),
    (
        "policy cases",
        policy_file(
            "cases.toml",
            '[[case]]\nname = "all look"\ngiven = { groups = [], action = "view" }\nexpect = "allowed"\n' * 2,
        ),
        'cases.toml, line 1: "all look" expects allowed; the policy says denied. (1 more)',
        "sluice policy check ",
    ),
    # the door
    (
        "signing secret",
        answering(SIGNING, refusal("ResourceNotFoundException")),
        "The secret sluice/prod/slack-signing is not in this account and region, has no value yet, or is to be deleted",
        "make secrets STAGE=prod",
    ),
    ("signing secret", secret(SIGNING, " "), "it is empty; put a JSON object into it.", "make secrets STAGE=prod"),
    ("signing secret", secret(SIGNING, HUSH), "it is not a JSON object.", "make secrets STAGE=prod"),
    (
        "signing secret",
        secret(SIGNING, json.dumps({"secret": HUSH})),
        'it has no "signing_secret", or not as a text with something in it.',
        "make secrets STAGE=prod",
    ),
    (
        "signing secret",
        answering(SIGNING, refusal("AccessDeniedException")),
        "These credentials may not read the secret sluice/prod/slack-signing (AccessDeniedException at GetSecretValue)",
        "let whoever runs the doctor call GetSecretValue",
    ),
    (
        "front",
        secret(SIGNING, json.dumps({"signing_secret": f"another {HUSH}"})),
        "front did not take a right signature",
        "run this again in ten minutes",
    ),
    ("front", door(503), "front cannot read its signing secret.", "aws logs tail /aws/lambda/sluice-prod-front"),
    ("front", door(500), "front answered 500", "aws logs tail /aws/lambda/sluice-prod-front --since 15m"),
    ("front", door(403), "is closed (403): it does not lead to front.", "make deploy"),
    ("front", door(200, "welcome to nginx"), "is not front.", "make deploy"),
    ("front", echo, "front answered 200 to a wrong signature, where it must answer 401.", "make deploy"),
    ("front", nobody, "front could not be reached at https://abc.lambda-url", "curl -i https://abc.lambda-url"),
    # Slack
    ("bot token", secret(BOT, ""), "it is empty; put a JSON object into it.", "make secrets STAGE=prod"),
    (
        "bot token",
        secret(BOT, json.dumps({"bot_token": f"xapp-{HUSH}"})),
        "The secret sluice/prod/slack-bot holds no bot token: one begins with xoxb- and has no blanks.",
        "make secrets STAGE=prod",
    ),
    (
        "Slack",
        saying("auth.test", "token_revoked"),
        "Slack does not take the bot's token (token_revoked).",
        "https://api.slack.com/apps → your app → OAuth & Permissions",
    ),
    (
        "Slack",
        saying("auth.test", "fatal_error"),
        "Slack refused with fatal_error.",
        "https://status.slack.com",
    ),
    (
        "Slack",
        lambda clinic: clinic.slack.update({"auth.test": Reply("<html>", 502)}),
        "Slack refused with HTTP 502.",
        "https://status.slack.com",
    ),
    (
        "Slack",
        told(WORKER, SLACK_API_URL="http://127.0.0.1:9/"),
        "Slack could not be asked (URLError).",
        "curl -i https://slack.com/api/api.test",
    ),
    (
        "scopes",
        lambda clinic: clinic.slack.update({"auth.test": Reply({"ok": True}, headers={"x-oauth-scopes": "commands"})}),
        f"The token lacks {', '.join(sorted(set(SCOPES) - {'commands'}))}.",
        "paste what `python -m infra.slack` prints, save, then reinstall the app",
    ),
    (
        "channels",
        saying("conversations.history", "not_in_channel"),
        "The bot is not in the channel C0INCIDENT, so it cannot post cards there.",
        "/invite @sluice",
    ),
    (
        "channels",
        saying("conversations.history", "channel_not_found"),
        "The channel C0INCIDENT does not exist, or it is private and the bot is not in it.",
        "/invite @sluice",
    ),
    (
        "channels",
        saying("conversations.history", "missing_scope"),
        "The bot's token lacks a scope for this.",
        "reinstall the app",
    ),
    (
        "user groups",
        saying("usergroups.users.list", "no_such_subteam"),
        "Slack has no user group S0ONCALL, which the policy calls oncall.",
        "put the group's id into [groups] of infra/policy/settings.toml, then deploy",
    ),
    (
        "user groups",
        saying("usergroups.users.list", "plan_upgrade_required"),
        "This workspace's plan has no user groups.",
        "list people's ids in [groups]",
    ),
    ("user groups", saying("usergroups.users.list", "ratelimited"), "Slack refused with ratelimited.", "status.slack"),
    (
        "user groups",
        lambda clinic: clinic.slack.update({"usergroups.users.list": Reply({"ok": True, "users": []})}),
        "Nobody is in oncall (S0ONCALL).",
        "Slack → People → User groups: add people",
    ),
    # NAVER
    (
        "NAVER keys",
        secret(NCP, json.dumps({"access_key": HUSH})),
        'it has no "secret_key", or not as a text with something in it.',
        "make secrets STAGE=prod",
    ),
    (
        "Data Flow",
        secret(NCP, json.dumps({"access_key": f"a {HUSH}", "secret_key": HUSH})),
        "the NAVER Cloud access key is empty or has characters that no key has",
        "Authentication key management",
    ),
    ("Data Flow", naver(401, "200"), "NAVER does not take these keys.", "Authentication key management"),
    ("Data Flow", naver(401, "210"), "NAVER takes the keys, but they may not read Data Flow.", "Sub Account"),
    (
        "Data Flow",
        naver(401, "200", date="Mon, 23 Nov 2026 02:54:05 GMT"),
        "NAVER refused the time of the signature: this clock is 601 s ahead.",
        "timedatectl set-ntp true",
    ),
    ("Data Flow", naver(404), "There is no Data Flow API at http://127.0.0.1", "look at NCP_DATAFLOW_URL, then deploy"),
    ("Data Flow", naver(429), "NAVER asks to wait: too many calls.", "run this again in a minute"),
    ("Data Flow", naver(400, "bad"), "NAVER refused a read (HTTP 400, bad).", "https://www.ncloud.com"),
    ("Data Flow", naver(503), "(DataFlowUnavailable, HTTP 503).", "curl -i http://127.0.0.1"),
    (
        "Data Flow",
        told(WORKER, NCP_DATAFLOW_URL="http://127.0.0.1:9"),
        "Data Flow gave no answer at http://127.0.0.1:9 (DataFlowUnavailable).",
        "curl -i http://127.0.0.1:9",
    ),
    (
        "Data Flow",
        lambda clinic: setattr(clinic, "naver", Reply("<html>")),
        "does not speak as Data Flow does.",
        "look at NCP_DATAFLOW_URL, then deploy",
    ),
    (
        "clock",
        wrong_clock,
        "This machine's clock is 119 s behind NAVER's; beyond 300 s no signature is taken.",
        "timedatectl set-ntp true",
    ),
    # tables
    (
        "requests table",
        answering(REQUESTS, refusal("ResourceNotFoundException", "DescribeTable")),
        "There is no table sluice-prod-requests in the region ap-northeast-2 of this account.",
        "make deploy STAGE=prod",
    ),
    (
        "requests table",
        table(REQUESTS, TableStatus="DELETING"),
        "The table sluice-prod-requests cannot be used: it is DELETING.",
        "run this again in a minute",
    ),
    (
        "requests table",
        table(REQUESTS, KeySchema=[{"AttributeName": "id"}]),
        "The table sluice-prod-requests has another key than pk: it is not one of Sluice's.",
        "make deploy STAGE=prod",
    ),
    (
        "audit table",
        lambda clinic: clinic.aws.answers[AUDIT]["Table"]["GlobalSecondaryIndexes"].pop(),
        "The table sluice-prod-audit is of an older version: it lacks the index by_day.",
        "make deploy STAGE=prod",
    ),
    (
        "audit table",
        lambda clinic: clinic.aws.answers[AUDIT]["Table"]["GlobalSecondaryIndexes"][0].update(IndexStatus="CREATING"),
        "The index by_job of sluice-prod-audit is not ready yet.",
        "run this again in a few minutes",
    ),
    (
        "audit table",
        answering(AUDIT, refusal("AccessDeniedException", "DescribeTable")),
        "These credentials may not read the table sluice-prod-audit",
        "DescribeTable",
    ),
    (
        "requests kept",
        table(REQUESTS, DeletionProtectionEnabled=False),
        "sluice-prod-requests could be deleted by mistake.",
        "aws dynamodb update-table --table-name sluice-prod-requests --deletion-protection-enabled",
    ),
    (
        "audit kept",
        table(
            AUDIT, SSEDescription={"Status": "ENABLED", "InaccessibleEncryptionDateTime": "x", "KMSMasterKeyArn": "k"}
        ),
        "The key that sluice-prod-audit is encrypted with cannot be used.",
        "aws kms describe-key --key-id k",
    ),
    (
        "open requests",
        newer_request,
        "1 of 2 open requests cannot be read by this version: request item of schema 99",
        "CHANGELOG.md",
    ),
    (
        "open requests",
        answering("query", refusal("AccessDeniedException", "Query")),
        "These credentials may not read the open requests",
        "Query",
    ),
    # is it alive?
    (
        "last tick",
        late_tick,
        "The last tick was 14 min ago: nothing expires, is put back or reminded of.",
        "aws logs tail /aws/lambda/sluice-prod-worker --since 15m",
    ),
    (
        "last tick",
        answering("get_item tick#last", {}),
        "No tick has come to its end yet; the first is due a minute after the deploy.",
        "aws logs tail /aws/lambda/sluice-prod-worker --since 15m",
    ),
    (
        "last tick",
        answering("get_item tick#last", {"Item": {"pk": {"S": "tick#last"}}}),
        "The last tick could not be read (the last tick cannot be read: KeyError).",
        "aws logs tail /aws/lambda/sluice-prod-worker --since 15m",
    ),
    (
        "deployed policy",
        other_policy,
        "worker goes by the policy 000000000000, the one here is ",
        "make deploy STAGE=prod",
    ),
    (
        "seals",
        sealed(day=date(2026, 3, 1)),
        "2026-03-01 is over and not sealed.",
        "aws logs tail /aws/lambda/sluice-prod-worker --since 15m",
    ),
    (
        "seals",
        sealed(head=Head(5, "e" * 64), posted=4),
        "1 seal was not posted to the audit channel.",
        "aws logs tail /aws/lambda/sluice-prod-worker --since 15m",
    ),
    (
        "seals",
        answering("get_item seals", {}),
        "Nothing says how far sealing has come: no day is sealed.",
        "docs/operations.md",
    ),
    (
        "seals",
        answering("get_item seals", {"Item": {"pk": {"S": "seals"}}}),
        "How far sealing has come could not be read (the item cannot be read: KeyError).",
        "aws logs tail /aws/lambda/sluice-prod-worker --since 15m",
    ),
    (
        "failure queue",
        answering(
            "get_queue_attributes",
            {"Attributes": {"ApproximateNumberOfMessages": "1", "ApproximateNumberOfMessagesNotVisible": "1"}},
        ),
        "2 hand-overs to worker failed and lie in the failure queue.",
        "docs/runbook.md",
    ),
    (
        "failure queue",
        answering("get_queue_attributes", refusal("QueueDoesNotExist", "GetQueueAttributes")),
        "There is no failure queue at https://sqs.ap-northeast-2.amazonaws.com/1/sluice-prod-failures.",
        "make deploy",
    ),
]


def test_a_deployment_in_order_is_all_green(clinic: Clinic) -> None:
    """Every check is made and finds nothing."""
    found = clinic.findings()

    assert {name: type(verdict) for name, verdict in found.items()} == dict.fromkeys(CHECKS, Green)


@pytest.mark.parametrize(
    ("check", "spoil", "wrong", "mend"), RED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_is_wrong_is_one_red_line(clinic: Clinic, check: str, spoil: Spoil, wrong: str, mend: str) -> None:
    """Only the check that it is about is red, and says what happened and what mends it; no secret stands anywhere."""
    spoil(clinic)
    found = clinic.findings()
    red = {name: verdict for name, verdict in found.items() if isinstance(verdict, Red)}

    assert list(red) == [check]
    assert (wrong in red[check].wrong, mend in red[check].mend) == (True, True), red[check]
    assert list(found) == list(CHECKS)
    assert HUSH not in repr(found)


def test_each_check_has_a_red_line() -> None:
    """None of them can only be green."""
    assert {check for check, *_ in RED} == set(CHECKS)


@pytest.mark.parametrize(
    ("check", "spoil", "unmade"),
    [
        (
            "stack",
            answering("describe_stacks", {"Stacks": []}),
            {
                name: "what is deployed is not known"
                for name in CHECKS
                if name not in {"stack", "policy", "policy cases"}
            },
        ),
        (
            "settings",
            told(WORKER, AUDIT_TABLE=""),
            {
                name: "the settings are not in order"
                for name in CHECKS
                if name
                not in {"stack", "settings", "policy", "policy cases", "signing secret", "front", "failure queue"}
            },
        ),
        ("signing secret", secret(SIGNING, ""), {"front": "its secret cannot be used"}),
        (
            "bot token",
            secret(BOT, ""),
            dict.fromkeys(("Slack", "scopes", "channels", "user groups"), "its secret cannot be used"),
        ),
        (
            "Slack",
            saying("auth.test", "invalid_auth"),
            dict.fromkeys(("scopes", "channels", "user groups"), "the bot's token could not be used"),
        ),
        (
            "policy",
            policy_file("settings.toml", "["),
            dict.fromkeys(("policy cases", "channels", "user groups", "deployed policy"), "the policy is not valid"),
        ),
        (
            "NAVER keys",
            secret(NCP, ""),
            dict.fromkeys(("Data Flow", "clock"), "its secret cannot be used"),
        ),
        ("Data Flow", naver(401, "200"), {"clock": "NAVER was not read"}),
        (
            "requests table",
            answering(REQUESTS, refusal("ResourceNotFoundException", "DescribeTable")),
            dict.fromkeys(
                ("requests kept", "open requests", "last tick", "deployed policy", "seals"), "the table cannot be used"
            ),
        ),
        (
            "last tick",
            answering("get_item tick#last", {}),
            dict.fromkeys(("deployed policy", "seals"), "there is no tick that could tell"),
        ),
    ],
)
def test_what_cannot_be_looked_at_says_why(clinic: Clinic, check: str, spoil: Spoil, unmade: dict[str, str]) -> None:
    """Checks that need what is red are not made and say so; all others are green."""
    spoil(clinic)
    found = clinic.findings()

    assert [name for name, verdict in found.items() if isinstance(verdict, Red)] == [check]
    assert {name: verdict.because for name, verdict in found.items() if isinstance(verdict, NotChecked)} == unmade
