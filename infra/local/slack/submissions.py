"""What an app's answer to a form submission does to the modal on the screen (docs.slack.dev/surfaces/modals). Pure."""

from datetime import datetime

from infra.local.slack.dispatcher import Acknowledgement
from infra.local.slack.refusals import SlackError
from infra.local.slack.views import View, Views

TROUBLE = "We had some trouble connecting. Try again?"


def apply_answer(views: Views, view: View, acknowledged: Acknowledgement, now: datetime) -> str | None:
    """Close, update or push, or show errors below the inputs, as the app asked.

    Gives Slack's word for what went wrong, None when it was content. On trouble the modal stays open and says so.
    """
    view.errors, view.trouble = {}, None
    error = acknowledged.error
    if error is None:
        try:
            _apply(views, view, acknowledged, now)
        except SlackError as refusal:
            error = f"invalid_response: {', '.join((refusal.code, *refusal.messages))}"
    if error is not None:
        view.trouble = TROUBLE
    return error


def _apply(views: Views, view: View, acknowledged: Acknowledgement, now: datetime) -> None:
    if not acknowledged.body.strip():
        views.close(view)
        return
    answer = acknowledged.answer
    action = answer.get("response_action") if isinstance(answer, dict) else None
    if action == "clear":
        views.close(view, whole_stack=True)
    elif action == "update":
        views.replace(view, answer.get("view"), now)
    elif action == "push":
        views.push(view.user, answer.get("view"), now)
    elif action == "errors":
        view.errors = _below_inputs(view, answer.get("errors"))
    else:
        raise SlackError("unknown_response_action")


def _below_inputs(view: View, errors: object) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise SlackError("invalid_errors", [f"errors must name input blocks of the view: {sorted(inputs)}"])
    return {str(block): str(sentence) for block, sentence in errors.items()}
