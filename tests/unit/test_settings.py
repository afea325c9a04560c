"""The environment: what it means, what is missing, and that no secret is ever shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from handler.domain.errors import SettingsInvalid
from handler.settings import PACKAGED_POLICY, InSecretsManager, NcpKeys, worker_settings

if TYPE_CHECKING:
    from handler.settings import WorkerSettings

DEPLOYED = {
    "SLACK_SECRET_ID": "sluice/dev/slack-bot",
    "NCP_SECRET_ID": "sluice/dev/ncp",
    "REQUESTS_TABLE": "sluice-dev-requests",
    "AUDIT_TABLE": "sluice-dev-audit",
}
LAPTOP = {
    **DEPLOYED,
    "SLACK_BOT_TOKEN": "xoxb-playground",
    "NCP_ACCESS_KEY": "playground-access",
    "NCP_SECRET_KEY": "playground-secret",
}
VARIABLES = (
    *LAPTOP,
    "SLACK_API_URL",
    "NCP_DATAFLOW_URL",
    "POLICY_DIR",
    "SLACK_COMMAND",
    "APPROVALS_CHANNEL",
    "LOG_LEVEL",
)


def problems_of(**changed: str) -> tuple[str, ...]:
    """Return what is wrong with a deployment's environment when these variables are changed."""
    with pytest.raises(SettingsInvalid) as caught:
        worker_settings({**DEPLOYED, **changed})
    return caught.value.problems


def settings_of(**changed: str) -> WorkerSettings:
    """Read a deployment's environment with these variables changed."""
    return worker_settings({**DEPLOYED, **changed})


def test_a_deployment_needs_only_its_secrets_and_tables() -> None:
    """Everything else has the default of the contract."""
    settings = worker_settings(DEPLOYED)

    assert settings.bot_token == InSecretsManager(secret_id="sluice/dev/slack-bot")
    assert settings.ncp_keys == InSecretsManager(secret_id="sluice/dev/ncp")
    assert (settings.requests_table, settings.audit_table) == ("sluice-dev-requests", "sluice-dev-audit")
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.dataflow_url == "https://dataflow.apigw.ntruss.com"
    assert (settings.slack_command, settings.approvals_channel, settings.log_level) == ("/dataflow", "", "INFO")
    assert settings.policy_dir == PACKAGED_POLICY


def test_the_packaged_policy_is_where_the_package_is() -> None:
    """The default folder is the shipped one, wherever the archive was unpacked."""
    assert sorted(path.name for path in PACKAGED_POLICY.iterdir()) == ["cases.toml", "policy.cedar", "settings.toml"]


def test_values_given_directly_win_over_the_secrets() -> None:
    """On a laptop the token and the keys may stand in the environment."""
    settings = worker_settings(LAPTOP)

    assert settings.bot_token == SecretStr("xoxb-playground")
    assert settings.ncp_keys == NcpKeys(
        access_key=SecretStr("playground-access"), secret_key=SecretStr("playground-secret")
    )


def test_no_secret_shows_itself() -> None:
    """Printing the settings tells where secrets are, not what they are."""
    shown = repr(worker_settings(LAPTOP)) + worker_settings(LAPTOP).model_dump_json()

    assert [value for value in ("xoxb-", "playground-access", "playground-secret") if value in shown] == []


def test_settings_do_not_change() -> None:
    """What a function was told at its start stays what it is."""
    settings = worker_settings(DEPLOYED)

    with pytest.raises(ValidationError, match="frozen"):
        settings.log_level = "DEBUG"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://slack.com/api", "https://slack.com/api/"),
        ("http://127.0.0.1:4000/api//", "http://127.0.0.1:4000/api/"),
        ("  https://slack.com/api/\n", "https://slack.com/api/"),
        ("", "https://slack.com/api/"),
    ],
)
def test_slacks_address_ends_with_one_slash(written: str, meant: str) -> None:
    """However it is written, a method's name can be put behind it."""
    assert meant == settings_of(SLACK_API_URL=written).slack_api_url


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://dataflow.apigw.fin-ntruss.com", "https://dataflow.apigw.fin-ntruss.com"),
        ("http://127.0.0.1:4000/", "http://127.0.0.1:4000"),
        ("http://127.0.0.1:4000/api/v1", "http://127.0.0.1:4000"),
        ("http://[::1]:4000/api/v1/", "http://[::1]:4000"),
        ("https://gateway.test/dataflow//api/v1//", "https://gateway.test/dataflow"),
    ],
)
def test_data_flows_address_is_without_its_path(written: str, meant: str) -> None:
    """The documented path of the API may be written behind the address; it is not asked for twice."""
    assert meant == settings_of(NCP_DATAFLOW_URL=written).dataflow_url


@pytest.mark.parametrize(
    "written",
    [
        "slack.com/api/",
        "ftp://slack.com/api/",
        "https://",
        "https:///api/",
        "https://user:playground@slack.com/api/",
        "https://@slack.com/api/",
        "https://slack.com/api/?x=1",
        "https://slack.com/api/#x",
        "https://slack.com:port/api/",
        "https://slack.com:0/api/",
        "https://slack.com:99999/api/",
        "https://[slack/api/",
        "https://slack.com/a pi/",
        "https://slack.com/\tapi/",
        "https:\\\\slack.com\\api",
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    """An address must be http or https with a host and nothing that would change or leak a call."""
    assert problems_of(SLACK_API_URL=written) == (
        "SLACK_API_URL is no address of an API; it is written as https://slack.com/api/ is, with http or https.",
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"SLACK_SECRET_ID": ""},
            "Neither SLACK_SECRET_ID nor SLACK_BOT_TOKEN is set, so Slack cannot be called.",
        ),
        (
            {"SLACK_BOT_TOKEN": "xoxp-playground"},
            "SLACK_BOT_TOKEN is no bot token: one begins with xoxb- and has no blanks.",
        ),
        (
            {"SLACK_BOT_TOKEN": "xoxb-play\nground"},
            "SLACK_BOT_TOKEN is no bot token: one begins with xoxb- and has no blanks.",
        ),
        (
            {"NCP_SECRET_ID": " "},
            "Neither NCP_SECRET_ID nor NCP_ACCESS_KEY with NCP_SECRET_KEY is set, so Data Flow cannot be called.",
        ),
        (
            {"NCP_ACCESS_KEY": "playground-access"},
            "NCP_SECRET_KEY is not set, but its other half is; set both or neither.",
        ),
        (
            {"NCP_SECRET_ID": "", "NCP_SECRET_KEY": "playground-secret"},
            "NCP_ACCESS_KEY is not set, but its other half is; set both or neither.",
        ),
        ({"REQUESTS_TABLE": ""}, "REQUESTS_TABLE is not set; it names a DynamoDB table."),
        (
            {"AUDIT_TABLE": "a/b c"},
            "AUDIT_TABLE is no name of a DynamoDB table: 3 to 255 letters, digits, '_', '-' or '.'.",
        ),
        (
            {"AUDIT_TABLE": DEPLOYED["REQUESTS_TABLE"]},
            "REQUESTS_TABLE and AUDIT_TABLE name the same table; they are two.",
        ),
        (
            {"SLACK_COMMAND": "dataflow"},
            "SLACK_COMMAND is no slash command: one word that begins with /, such as /dataflow.",
        ),
        (
            {"SLACK_COMMAND": "/data flow"},
            "SLACK_COMMAND is no slash command: one word that begins with /, such as /dataflow.",
        ),
        (
            {"APPROVALS_CHANNEL": "#incident"},
            "APPROVALS_CHANNEL is no channel id: one begins with C or G; a name will not do.",
        ),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is none of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
    ],
)
def test_one_wrong_variable_is_one_sentence(changed: dict[str, str], expected: str) -> None:
    """A problem is told by the variable's name and what it should be."""
    assert problems_of(**changed) == (expected,)


def test_other_values_are_taken_as_they_are() -> None:
    """A folder, a command, a channel and a level in small letters are what was set."""
    settings = settings_of(
        POLICY_DIR="my/policy", SLACK_COMMAND="/flow", APPROVALS_CHANNEL="C0INCIDENT", LOG_LEVEL="debug"
    )

    assert settings.policy_dir == Path("my/policy")
    assert (settings.slack_command, settings.approvals_channel, settings.log_level) == ("/flow", "C0INCIDENT", "DEBUG")


def test_every_problem_is_told_at_once() -> None:
    """An empty environment is refused with all four things that it lacks."""
    with pytest.raises(SettingsInvalid) as caught:
        worker_settings({})

    assert [problem.split()[-1] for problem in caught.value.problems] == ["called.", "called.", "table.", "table."]


@given(st.dictionaries(st.sampled_from(VARIABLES), st.text(max_size=30)))
def test_no_environment_raises_anything_but_the_problems(environ: dict[str, str]) -> None:
    """Any values either are settings or are refused in sentences that repeat none of them."""
    problems: tuple[str, ...] = ()
    try:
        worker_settings({**environ, "SLACK_BOT_TOKEN": "hidden-token", "NCP_ACCESS_KEY": "hidden-key"})
    except SettingsInvalid as invalid:
        problems = invalid.problems

    assert problems != ()
    assert "hidden" not in " ".join(problems)
