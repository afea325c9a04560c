"""Modals: opened by a trigger that lives three seconds, submitted, and changed by what the app answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError
from starlette.responses import JSONResponse, Response

from tests.unit.local.slack.conftest import CHANNEL, KIM, LEE

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from infra.local.slack.workspace import Workspace
    from tests.fakes.clock import FakeClock
    from tests.unit.local.slack.stub_app import StubApp


def plain(text: str) -> dict[str, str]:
    """A `plain_text` object."""
    return {"type": "plain_text", "text": text}


def form(title: str = "Scale", **more: Any) -> dict[str, Any]:
    """A modal with a number, a reason and a menu."""
    workers = {
        "type": "number_input",
        "is_decimal_allowed": False,
        "action_id": "workers",
        "min_value": "2",
        "max_value": "10",
        "initial_value": "4",
    }
    options = [{"text": plain("Until undone"), "value": "0"}, {"text": plain("2 hours"), "value": "120"}]
    duration = {"type": "static_select", "action_id": "duration", "options": options, "initial_option": options[0]}
    return {
        "type": "modal",
        "callback_id": "scale",
        "title": plain(title),
        "submit": plain("Preview"),
        "private_metadata": "J1",
        "blocks": [
            {"type": "input", "block_id": "b-workers", "label": plain("Workers"), "element": workers},
            {"type": "input", "block_id": "b-duration", "label": plain("For"), "element": duration},
            {
                "type": "input",
                "block_id": "b-reason",
                "optional": True,
                "label": plain("Reason"),
                "element": {"type": "plain_text_input", "action_id": "reason", "max_length": 20},
            },
        ],
        **more,
    }


def trigger(workspace: Workspace, app: StubApp) -> str:
    """The trigger that came with a command."""
    workspace.command(KIM, CHANNEL, "scale")
    return app.got[-1].form["trigger_id"]


@pytest.fixture
def view_id(workspace: Workspace, app: StubApp, client: WebClient) -> str:
    """A modal on Kim's screen."""
    return str(client.views_open(trigger_id=trigger(workspace, app), view=form())["view"]["id"])


def titles(workspace: Workspace, user: str = KIM) -> list[str]:
    """The modals on somebody's screen, the topmost last."""
    return [view.definition["title"]["text"] for view in workspace.views(user)]


def test_a_trigger_opens_one_modal_for_whoever_caused_it(workspace: Workspace, app: StubApp, client: WebClient) -> None:
    """It is used up by the first modal."""
    used = trigger(workspace, app)
    client.views_open(trigger_id=used, view=form())
    with pytest.raises(SlackApiError) as raised:
        client.views_open(trigger_id=used, view=form())
    assert (titles(workspace), titles(workspace, LEE)) == (["Scale"], [])
    assert raised.value.response["error"] == "exchanged_trigger_id"


def test_a_trigger_is_worthless_after_three_seconds(
    workspace: Workspace, app: StubApp, client: WebClient, clock: FakeClock
) -> None:
    """Work before the modal is opened costs the modal."""
    late = trigger(workspace, app)
    clock.move_on(seconds=3.1)
    with pytest.raises(SlackApiError) as raised:
        client.views_open(trigger_id=late, view=form())
    assert (raised.value.response["error"], titles(workspace)) == ("expired_trigger_id", [])


def test_a_submission_carries_what_was_entered_and_what_was_left_as_it_was(
    workspace: Workspace, app: StubApp, view_id: str
) -> None:
    """`state.values` has every input: entered, initial, or null."""
    delivery = workspace.submit(KIM, view_id, {"workers": "6", "duration": "120"})
    view = app.got[-1].payload["view"]
    assert {
        "b-workers": {"workers": {"type": "number_input", "value": "6"}},
        "b-duration": {
            "duration": {"type": "static_select", "selected_option": {"text": plain("2 hours"), "value": "120"}}
        },
        "b-reason": {"reason": {"type": "plain_text_input", "value": None}},
    } == view["state"]["values"]
    assert ("scale", "J1", view_id) == (view["callback_id"], view["private_metadata"], view["id"])
    assert (delivery.error, titles(workspace)) == (None, [])


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({"workers": None}, {"b-workers": "Please complete this required field."}),
        ({"workers": "many"}, {"b-workers": "Please enter a valid number."}),
        ({"workers": "2.5"}, {"b-workers": "Please enter a whole number."}),
        ({"workers": "1"}, {"b-workers": "Please enter a number of at least 2."}),
        ({"workers": "11"}, {"b-workers": "Please enter a number of at most 10."}),
        ({"reason": "x" * 21}, {"b-reason": "Please use 20 characters or fewer."}),
    ],
    ids=["empty", "word", "fraction", "too few", "too many", "too long"],
)
def test_what_slacks_client_refuses_is_not_sent(
    workspace: Workspace, app: StubApp, view_id: str, entered: dict[str, Any], errors: dict[str, str]
) -> None:
    """The app never sees a form that its own element's limits exclude; the modal stays with the reason."""
    sent_before = len(app.got)
    delivery = workspace.submit(KIM, view_id, entered)
    (view,) = workspace.views(KIM)
    assert ("incomplete", errors, sent_before) == (delivery.error, view.errors, len(app.got))


def test_the_app_may_show_errors_below_inputs(workspace: Workspace, app: StubApp, view_id: str) -> None:
    """`response_action: errors` keeps the modal open."""
    app.answer = lambda _: JSONResponse({"response_action": "errors", "errors": {"b-workers": "Only a lead may."}})
    workspace.submit(KIM, view_id, {})
    assert [view.errors for view in workspace.views(KIM)] == [{"b-workers": "Only a lead may."}]


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (JSONResponse({"response_action": "update", "view": form("Preview")}), ["Scale", "Preview"]),
        (JSONResponse({"response_action": "push", "view": form("Sure?")}), ["Scale", "More", "Sure?"]),
        (JSONResponse({"response_action": "clear"}), []),
        (Response(), ["Scale"]),
    ],
    ids=["update", "push", "clear", "empty"],
)
def test_the_app_may_change_the_stack_of_modals(
    workspace: Workspace, app: StubApp, client: WebClient, answer: Response, left: list[str]
) -> None:
    """From two modals: replace the top one, put one upon it, close all, or close the top one."""
    client.views_open(trigger_id=trigger(workspace, app), view=form())
    client.views_push(trigger_id=trigger(workspace, app), view=form("More"))
    app.answer = lambda _: answer
    workspace.submit(KIM, workspace.views(KIM)[-1].id, {})
    assert left == titles(workspace)


BAD_ANSWERS: dict[str, Response] = {
    "a crash": Response(status_code=500),
    "no such input": JSONResponse({"response_action": "errors", "errors": {"b-nothing": "x"}}),
    "no such action": JSONResponse({"response_action": "dance"}),
    "a wrong view": JSONResponse({"response_action": "update", "view": {"type": "modal", "blocks": []}}),
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_a_bad_answer_leaves_the_modal_with_slacks_own_words(
    workspace: Workspace, app: StubApp, view_id: str, answer: Response
) -> None:
    """The person can try again; the delivery tells the author what was wrong."""
    app.answer = lambda _: answer
    delivery = workspace.submit(KIM, view_id, {})
    (view,) = workspace.views(KIM)
    assert view.trouble == "We had some trouble connecting. Try again?"
    assert delivery.error


def test_an_open_modal_can_be_updated_by_who_knows_its_hash(
    client: WebClient, workspace: Workspace, view_id: str
) -> None:
    """`views.update` replaces the skeleton; with a hash of yesterday it does not."""
    first = client.views_update(view_id=view_id, view=form("Loaded"))["view"]
    with pytest.raises(SlackApiError) as raised:
        client.views_update(view_id=view_id, hash="0.old", view=form("Lost"))
    assert (raised.value.response["error"], titles(workspace)) == ("hash_conflict", ["Loaded"])
    assert client.views_update(view_id=view_id, hash=first["hash"], view=form("Won"))["ok"]


def test_no_more_than_three_modals_stand_upon_each_other(
    workspace: Workspace, app: StubApp, client: WebClient, view_id: str
) -> None:
    """The third push is refused."""
    for title in ("Two", "Three"):
        client.views_push(trigger_id=trigger(workspace, app), view=form(title))
    with pytest.raises(SlackApiError) as raised:
        client.views_push(trigger_id=trigger(workspace, app), view=form("Four"))
    assert (raised.value.response["error"], titles(workspace)) == ("push_limit_reached", ["Scale", "Two", "Three"])
    assert [view_id] * 3 == [view.root_id for view in workspace.views(KIM)]


@pytest.mark.parametrize("asked", [True, False])
def test_closing_is_told_only_to_an_app_that_asked(
    workspace: Workspace, app: StubApp, client: WebClient, *, asked: bool
) -> None:
    """`notify_on_close` brings a `view_closed`."""
    view = client.views_open(trigger_id=trigger(workspace, app), view=form(notify_on_close=asked))["view"]
    delivery = workspace.close_view(KIM, view["id"])
    assert (asked, []) == (delivery is not None, titles(workspace))
    assert asked == (len(app.got) == 2)


def test_an_external_select_asks_the_app_as_one_types(workspace: Workspace, app: StubApp, client: WebClient) -> None:
    """`block_suggestion` brings what was typed; the app's options come back."""
    job = {"type": "external_select", "action_id": "job"}
    asking = form(blocks=[{"type": "input", "block_id": "b-job", "label": plain("Job"), "element": job}])
    view = client.views_open(trigger_id=trigger(workspace, app), view=asking)["view"]
    options = [{"text": plain("wordcount"), "value": "J1"}]
    app.answer = lambda _: JSONResponse({"options": options})
    delivery = workspace.suggest(KIM, view["id"], "job", "word")
    asked = app.got[-1].payload
    assert (asked["type"], asked["action_id"], asked["value"]) == ("block_suggestion", "job", "word")
    assert {"options": options} == delivery.answer


def test_a_home_tab_can_be_published_and_used(workspace: Workspace, app: StubApp, client: WebClient) -> None:
    """`views.publish` sets one person's Home tab, whose buttons reach the app."""
    button = {"type": "button", "action_id": "refresh", "text": plain("Refresh")}
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    view = client.views_publish(user_id=KIM, view=home)["view"]
    workspace.click_in_view(KIM, view["id"], "refresh")
    assert (
        app.got[-1].payload["container"]["type"],
        app.got[-1].payload["actions"][0]["action_id"],
    ) == ("view", "refresh")
