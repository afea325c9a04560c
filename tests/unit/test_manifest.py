"""The Slack app's manifest: valid, within Slack's limits, and nothing in it that the app does not answer."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from handler.adapters.scopes import METHODS, NOT_ASKED_FOR, SCOPES, SLASH_COMMAND
from handler.settings import worker_settings
from infra.slack.__main__ import main
from infra.slack.manifest import App, manifest
from tests.unit.json_schema import violations

ROOT: Final = Path(__file__).resolve().parents[2]
SCHEMA: Final = Path(
    os.environ.get("SLACK_MANIFEST_SCHEMA") or ROOT.parent / "shared" / "data" / "slack-manifest.schema.json"
)
URL: Final = "https://abc.lambda-url.ap-northeast-2.on.aws/"
SERVED: Final = App(url=URL, command="/dataflow")
SOCKET: Final = App(url="", command="/dataflow")


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """Return the manifest that the command prints."""
    assert main(words) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("app", [SERVED, SOCKET, App(url="", command="/" + "c" * 31, name="n" * 35)])
def test_the_manifest_is_valid_by_slacks_own_schema(app: App) -> None:
    """Slack's schema for manifests finds nothing wrong, with and without an address, and at the longest names."""
    if not SCHEMA.exists():
        pytest.skip("Slack's schema is not on this machine: download it from slackapi/manifest-schema and name the file"
                    " in SLACK_MANIFEST_SCHEMA.")  # fmt: skip
    schema = json.loads(SCHEMA.read_text("utf-8"))

    assert violations(schema, manifest(app)) == []
    assert violations(schema, {**manifest(app), "scopes": []}) == ["$.scopes is not known"]


@pytest.mark.parametrize("app", [SERVED, SOCKET])
def test_no_text_is_longer_than_slack_takes(app: App) -> None:
    """Names and descriptions keep Slack's limits (docs.slack.dev/reference/app-manifest)."""
    made = manifest(app)
    display, (command,) = made["display_information"], made["features"]["slash_commands"]

    assert (len(display["name"]) <= 35, len(display["description"]) <= 140) == (True, True)
    assert 175 <= len(display["long_description"]) <= 4000
    assert len(made["features"]["bot_user"]["display_name"]) <= 80
    assert (len(command["description"]) <= 2000, len(command["usage_hint"]) <= 1000) == (True, True)


def test_slack_is_told_one_address_for_everything() -> None:
    """Commands and buttons come to the same address, and people and channels come as ids that can be read."""
    made = manifest(SERVED)

    assert made["features"]["slash_commands"][0]["url"] == URL
    assert made["settings"]["interactivity"] == {"is_enabled": True, "request_url": URL}
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["features"]["slash_commands"][0]["should_escape"] is True


def test_in_socket_mode_slack_is_told_no_address() -> None:
    """Without a public address the app fetches what there is, and buttons still work."""
    made = manifest(SOCKET)

    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["interactivity"] == {"is_enabled": True}
    assert "https://" not in json.dumps(made["features"])


def test_only_what_the_app_answers_is_declared() -> None:
    """No events and no shortcuts: nobody would answer them yet."""
    made = manifest(SERVED)

    assert "event_subscriptions" not in made["settings"]
    assert set(made["features"]) == {"app_home", "bot_user", "slash_commands"}


def test_the_scopes_are_those_that_the_calls_need() -> None:
    """Each scope has a reason, serves a method that is called, and no method goes without."""
    asked = set(manifest(SERVED)["oauth_config"]["scopes"]["bot"])

    assert asked == set(SCOPES) == {SLASH_COMMAND}.union(*METHODS.values())
    assert asked & set(NOT_ASKED_FOR) == set()
    assert all(reason.endswith(".") for reason in (*SCOPES.values(), *NOT_ASKED_FOR.values()))


def test_a_person_can_write_to_nobody_and_be_written_to() -> None:
    """Those whose approval was passed by get a message, for which Slack wants the app's messages tab."""
    home = manifest(SERVED)["features"]["app_home"]

    assert (home["messages_tab_enabled"], home["messages_tab_read_only_enabled"]) == (True, True)


def test_the_command_prints_what_slack_reads(capsys: pytest.CaptureFixture[str]) -> None:
    """Address, command and name are those that were given; the rest is the same for everybody."""
    words = ("--url", URL, "--command", "/dataflow-dev", "--name", "Sluice (dev)")

    assert printed(capsys, *words) == manifest(App(url=URL, command="/dataflow-dev", name="Sluice (dev)"))
    assert printed(capsys, "--socket") == manifest(SOCKET)


def test_the_link_creates_the_same_app(capsys: pytest.CaptureFixture[str]) -> None:
    """The address opens Slack's form with the manifest filled in."""
    main(["--socket", "--link"])
    link = urlsplit(capsys.readouterr().out.strip())

    assert (link.scheme, link.netloc, link.path) == ("https", "api.slack.com", "/apps")
    assert json.loads(parse_qs(link.query)["manifest_json"][0]) == manifest(SOCKET)


def test_a_stage_that_is_not_there_is_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where AWS cannot be asked for the stage, nothing is printed to be pasted, and the reason is told."""
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    code = main(["--stage", "prod", "--profile", "no-such-profile"])
    said = capsys.readouterr()

    assert (code, said.out) == (1, "")
    assert said.err == "The config profile (no-such-profile) could not be found.\n→ aws configure list-profiles\n"


@pytest.mark.parametrize("command", ["/dataflow", "/data-flow", "/데이터", "/" + "c" * 31])
def test_a_command_that_may_be_declared_is_one_that_the_functions_take(command: str) -> None:
    """What the manifest names can be given to the functions as SLACK_COMMAND."""
    told = {"SLACK_COMMAND": command, "SLACK_SECRET_ID": "s", "NCP_SECRET_ID": "n"}
    settings = worker_settings(told | {"REQUESTS_TABLE": "requests", "AUDIT_TABLE": "audit"})

    assert main(["--socket", "--command", command]) == 0
    assert settings.slack_command == command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "one of the arguments --stage --url --socket is required"),
        (["--url", "http://example.org/"], "Slack sends to addresses with https:// only"),
        (["--url", "abc.lambda-url.ap-northeast-2.on.aws"], "Slack sends to addresses with https:// only"),
        (["--url", "https://" + "a" * 3000], "Slack sends to addresses with https:// only"),
        (["--url", URL, "--socket"], "not allowed with argument"),
        (["--socket", "--command", "dataflow"], "one word that begins with /, at most 32 characters"),
        (["--socket", "--command", "/data flow"], "one word that begins with /"),
        (["--socket", "--command", "/" + "c" * 32], "at most 32 characters"),
        (["--socket", "--name", "n" * 36], "1 to 35 characters"),
        (["--socket", "--name", " "], "1 to 35 characters"),
    ],
)
def test_what_slack_would_refuse_is_refused_here(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """A wrong word ends with exit code 2 and a sentence, before anything is pasted anywhere."""
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 2
    assert said in capsys.readouterr().err
