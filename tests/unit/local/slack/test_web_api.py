"""The Web API, as the vendor's own client meets it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from infra.local.slack.faults import Fault
from tests.unit.local.slack.conftest import CHANNEL, KIM, LEE

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.slack.workspace import Workspace

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    """Make a call that Slack refuses; gives its answer."""
    with pytest.raises(SlackApiError) as raised:
        call()
    answer: dict[str, Any] = raised.value.response.data
    return answer


def test_a_posted_message_is_seen_by_everybody_and_can_be_edited(workspace: Workspace, client: WebClient) -> None:
    """`chat.update` replaces what is given, keeps the rest, and the former words stay on record."""
    posted = client.chat_postMessage(channel=CHANNEL, text="first", blocks=[SECTION])
    updated = client.chat_update(channel=CHANNEL, ts=posted["ts"], text="second")
    (seen,) = workspace.messages(LEE, CHANNEL)
    assert (posted["ts"], "second") == (updated["ts"], updated["text"])
    assert (seen.text, seen.blocks[0]["text"]["text"]) == ("second", "*hello*")
    assert [edit.text for edit in seen.edits] == ["first"]


def test_an_ephemeral_message_is_seen_by_one_person(workspace: Workspace, client: WebClient) -> None:
    """`chat.postEphemeral` shows a message to one person only."""
    client.chat_postEphemeral(channel=CHANNEL, user=KIM, text="for you")
    assert tuple([m.text for m in workspace.messages(user, CHANNEL)] for user in (KIM, LEE)) == (["for you"], [])


def test_a_deleted_message_is_gone(workspace: Workspace, client: WebClient) -> None:
    """`chat.delete` takes a message away, and a second time there is none."""
    ts = client.chat_postMessage(channel=CHANNEL, text="oops")["ts"]
    client.chat_delete(channel=CHANNEL, ts=ts)
    assert workspace.messages(KIM, CHANNEL) == []
    assert refusal(lambda: client.chat_delete(channel=CHANNEL, ts=ts))["error"] == "message_not_found"


def test_a_reply_and_metadata_are_kept(workspace: Workspace, client: WebClient) -> None:
    """`thread_ts` and `metadata` come back with the message."""
    ts = client.chat_postMessage(channel=CHANNEL, text="root")["ts"]
    metadata = {"event_type": "request", "event_payload": {"id": "R1"}}
    reply = client.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=ts, metadata=metadata)
    assert (ts, metadata) == (reply["message"]["thread_ts"], reply["message"]["metadata"])
    assert ts == workspace.messages(KIM, CHANNEL)[1].thread_ts


def test_a_permalink_leads_to_the_page(workspace: Workspace, client: WebClient) -> None:
    """`chat.getPermalink` gives an address of the stand-in, never one of the real Slack."""
    ts = client.chat_postMessage(channel=CHANNEL, text="here")["ts"]
    link = client.chat_getPermalink(channel=CHANNEL, message_ts=ts)["permalink"]
    assert f"{workspace.url}/archives/{CHANNEL}/p{ts.replace('.', '')}" == link


def test_people_groups_and_channels_are_told(client: WebClient) -> None:
    """The directory methods tell the cast, with what the bot goes by: groups, time zones, locales."""
    user = client.users_info(user=KIM, include_locale=True)["user"]
    groups = client.usergroups_list(include_users=True)["usergroups"]
    assert (user["tz"], user["tz_offset"], user["locale"], user["deleted"]) == ("Asia/Seoul", 32_400, "ko-KR", False)
    assert client.usergroups_users_list(usergroup="S0LEADS")["users"] == ["U0LEE", "U0HAN"]
    assert {group["handle"]: group["users"] for group in groups} == {
        "oncall": [KIM],
        "leads": ["U0LEE", "U0HAN"],
        "viewers": ["U0PARK"],
    }
    assert client.conversations_info(channel=CHANNEL)["channel"]["name"] == "incident"
    assert KIM in client.conversations_members(channel=CHANNEL)["members"]
    assert client.team_info()["team"]["id"] == "T0SLUICE"


def test_auth_test_names_the_bot_and_its_scopes(client: WebClient) -> None:
    """`auth.test` is what a doctor asks: who the token is, and in a header what it may do."""
    answer = client.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == ("U0SLUICE", "B0SLUICE")
    assert "chat:write,commands" in answer.headers["x-oauth-scopes"]


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no such method": ("chat.sing", {}, "unknown_method"),
    "no such channel": ("chat.postMessage", {"channel": "C9", "text": "x"}, "channel_not_found"),
    "nothing said": ("chat.postMessage", {"channel": CHANNEL}, "no_text"),
    "no channel named": ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    "no such message": ("chat.update", {"channel": CHANNEL, "ts": "1.2", "text": "x"}, "message_not_found"),
    "no such person": ("users.info", {"user": "U9"}, "user_not_found"),
    "not in the channel": (
        "chat.postEphemeral",
        {"channel": CHANNEL, "user": "U9", "text": "x"},
        "user_not_in_channel",
    ),
    "no such group": ("usergroups.users.list", {"usergroup": "S9"}, "no_such_subteam"),
    "no such trigger": ("views.open", {"trigger_id": "1.2.3", "view": {"type": "modal"}}, "invalid_trigger_id"),
    "no such view": ("views.update", {"view_id": "V9", "view": {"type": "modal"}}, "not_found"),
    "no blocks in JSON": ("chat.postMessage", {"channel": CHANNEL, "blocks": "[{"}, "invalid_blocks_format"),
    "too much text": (
        "chat.postMessage",
        {"channel": CHANNEL, "blocks": [{**SECTION, "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5},
        "msg_blocks_too_long",
    ),
}


@pytest.mark.parametrize(("method", "arguments", "error"), REFUSED.values(), ids=REFUSED.keys())
def test_what_slack_refuses_is_refused(client: WebClient, method: str, arguments: dict[str, Any], error: str) -> None:
    """Each mistake has Slack's own word for it, in JSON bodies as in form bodies."""
    assert error == refusal(lambda: client.api_call(method, json=arguments))["error"]
    form = {name: given if isinstance(given, str) else json.dumps(given) for name, given in arguments.items()}
    assert error == refusal(lambda: client.api_call(method, params=form))["error"]


def test_invalid_blocks_are_listed(client: WebClient) -> None:
    """Slack tells every broken rule, twice over."""
    answer = refusal(lambda: client.chat_postMessage(channel=CHANNEL, text="x", blocks=[{"type": "sparkle"}]))
    sentence = "unsupported type: sparkle [json-pointer:/blocks/0/type]"
    assert ("invalid_blocks", [sentence]) == (answer["error"], answer["errors"])
    assert [f"[ERROR] {sentence}"] == answer["response_metadata"]["messages"]


def test_a_token_is_checked(workspace: Workspace) -> None:
    """A wrong token and none at all are told apart."""
    wrong, none = (WebClient(token, base_url=workspace.api_url) for token in ("xoxb-other", None))
    assert tuple(refusal(one.auth_test)["error"] for one in (wrong, none)) == ("invalid_auth", "not_authed")


def test_a_bot_that_was_removed_may_not_post_until_it_joins(workspace: Workspace, client: WebClient) -> None:
    """`not_in_channel` says that somebody must invite the bot."""
    workspace.remove_from_channel("U0SLUICE", CHANNEL)
    assert refusal(lambda: client.chat_postMessage(channel=CHANNEL, text="x"))["error"] == "not_in_channel"
    client.conversations_join(channel=CHANNEL)
    assert client.chat_postMessage(channel=CHANNEL, text="x")["ok"]


def test_somebody_elses_message_cannot_be_edited(workspace: Workspace, client: WebClient) -> None:
    """A bot edits and deletes its own messages only."""
    said = workspace.say(KIM, CHANNEL, "mine")
    update = refusal(lambda: client.chat_update(channel=CHANNEL, ts=said.ts, text="x"))
    delete = refusal(lambda: client.chat_delete(channel=CHANNEL, ts=said.ts))
    assert (update["error"], delete["error"]) == ("cant_update_message", "cant_delete_message")


def test_a_missing_scope_is_named(workspace: Workspace, client: WebClient) -> None:
    """`missing_scope` says which one is needed and which there are."""
    control(workspace, "scopes", b'["chat:write"]')
    answer = refusal(lambda: client.users_info(user=KIM))
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")


def test_a_rate_limit_says_how_long_to_wait_and_passes(workspace: Workspace, client: WebClient) -> None:
    """A planned rate limit is a 429 with `Retry-After`, as often as planned and no more."""
    workspace.fail(Fault("chat.postMessage", "ratelimited", retry_after_seconds=7))
    with pytest.raises(SlackApiError) as raised:
        client.chat_postMessage(channel=CHANNEL, text="x")
    response = raised.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (429, "ratelimited", "7")
    assert client.chat_postMessage(channel=CHANNEL, text="x")["ok"]


def test_the_vendors_retry_gets_through_a_rate_limit(workspace: Workspace, client: WebClient) -> None:
    """The client's own handler, told to wait 0 s, succeeds at the second call and posts once."""
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    workspace.fail(Fault("chat.postMessage", "ratelimited", retry_after_seconds=0))
    client.chat_postMessage(channel=CHANNEL, text="once")
    assert [message.text for message in workspace.messages(KIM, CHANNEL)] == ["once"]


def test_an_error_code_can_be_planned(workspace: Workspace, client: WebClient) -> None:
    """Any of Slack's errors can be had, for whatever method comes next."""
    workspace.fail(Fault("*", "error", code="fatal_error", times=2))
    errors = [refusal(client.auth_test)["error"] for _ in range(2)]
    assert errors == ["fatal_error", "fatal_error"]
    assert client.auth_test()["ok"]


def test_a_page_of_html_is_answered_with_500(workspace: Workspace, client: WebClient) -> None:
    """A gateway's error page is not JSON."""
    workspace.fail(Fault("auth.test", "html"))
    with pytest.raises(SlackApiError) as raised:
        client.auth_test()
    assert raised.value.response.status_code == 500


def test_a_connection_can_break_after_the_message_was_posted(workspace: Workspace) -> None:
    """The client learns nothing, yet the message stands: what a caller must be ready for."""
    workspace.fail(Fault("chat.postMessage", "reset", applied=True))
    once = WebClient("xoxb-playground", base_url=workspace.api_url, retry_handlers=[])
    with pytest.raises(OSError, match=r"closed|reset"):
        once.chat_postMessage(channel=CHANNEL, text="was it posted?")
    assert [message.text for message in workspace.messages(KIM, CHANNEL)] == ["was it posted?"]


def test_a_slow_answer_comes_after_the_deed(workspace: Workspace) -> None:
    """A client that gives up early leaves a message behind."""
    workspace.fail(Fault("chat.postMessage", "slow", delay_seconds=0.3))
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{workspace.api_url}chat.postMessage",
            json={"channel": CHANNEL, "text": "late"},
            headers={"Authorization": "Bearer xoxb-playground"},
            timeout=0.1,
        )
    assert workspace.wait_for_message(KIM, CHANNEL, lambda message: message.text == "late").user == "U0SLUICE"


def control(workspace: Workspace, what: str, body: bytes, method: str = "POST") -> int:
    """Use the control endpoint; gives the status."""
    return httpx.request(method, f"{workspace.url}/_control/{what}", content=body).status_code


def test_faults_can_be_planned_and_cleared_from_another_process(workspace: Workspace, client: WebClient) -> None:
    """The control endpoint does what `Workspace.fail` does, and refuses what is no fault."""
    assert control(workspace, "faults", b'{"method": "auth.test", "kind": "error", "code": "fatal_error"}') == 204
    assert refusal(client.auth_test)["error"] == "fatal_error"
    assert control(workspace, "faults", b'{"method": "auth.test", "kind": "error", "times": 9}') == 204
    assert control(workspace, "faults", b"", "DELETE") == 204
    assert client.auth_test()["ok"]
    assert control(workspace, "faults", b'{"metod": "auth.test"}') == 400
