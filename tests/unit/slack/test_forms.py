"""The form for the reason of a denial: what is asked, and what comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from handler.slack.forms import DENY_REASON, LONGEST_REASON, Complaint, Denial, complaint, denial, deny_form
from infra.local.slack.block_kit import view_problems
from tests.makers import actor
from tests.unit.slack.hostile import hostile_texts

if TYPE_CHECKING:
    from handler.slack.voice import Voice

VALUE = f"7k3m-q2xd {'a' * 32}"


def sent(view: dict[str, Any]) -> dict[str, Any]:
    """Make the payload of a form that was sent."""
    return {
        "type": "view_submission",
        "user": {"id": "U0KIM", "team_id": "T0SLUICE"},
        "team": {"id": "T0SLUICE"},
        "view": view,
    }


def filled(reason: object, metadata: str) -> dict[str, Any]:
    """Make the view of a form with this reason in it."""
    values = {"reason": {"reason": {"type": "plain_text_input", "value": reason}}}
    return {"id": "V0FORM", "callback_id": DENY_REASON, "private_metadata": metadata, "state": {"values": values}}


@given(hostile_texts())
def test_slack_takes_the_form_whatever_the_job_is_called(say: Voice, name: str) -> None:
    """Titles are short enough, and the name is cut."""
    form = deny_form(say, VALUE, "C0INCIDENT", name)
    assert (view_problems(form), form["callback_id"]) == ([], DENY_REASON)


def test_what_the_form_was_about_comes_back_with_it(say: Voice) -> None:
    """The button's value and the channel travel in the form; who sent it and why is read from the payload."""
    carried = str(deny_form(say, VALUE, "C0INCIDENT", "wordcount")["private_metadata"])
    expected = Denial("V0FORM", VALUE, "freeze until Monday", actor(), is_stranger=False)
    assert denial(sent(filled("  freeze until Monday ", carried))) == expected


def test_the_reason_is_found_by_its_input_in_whichever_block_it_is() -> None:
    """The input's name is agreed (contract, "Slack surface"), the block's is ours alone."""
    values = {"other": {"workers": {"value": "4"}}, "b1": {"reason": {"type": "plain_text_input", "value": "freeze"}}}
    assert denial(sent({"private_metadata": "{}", "state": {"values": values}})).reason == "freeze"


def test_a_reason_longer_than_the_form_takes_is_cut() -> None:
    """Slack keeps the limit in its own client only."""
    assert len(denial(sent(filled("x" * 5000, "{}"))).reason) == LONGEST_REASON


@pytest.mark.parametrize("metadata", ["", "{", "[]", "null", json.dumps({"value": None})])
@pytest.mark.parametrize("view", [{}, {"state": None}, {"state": {"values": {"reason": []}}}])
def test_a_form_that_is_not_as_it_was_made_is_about_nothing(metadata: str, view: dict[str, Any]) -> None:
    """No payload is an exception; what is missing is empty, and an empty value is no request's."""
    got = denial(sent({**view, "private_metadata": metadata}))
    assert (got.value in {"", "None"}, got.reason, got.actor.channel_id) == (True, "", "")


@pytest.mark.parametrize("reason", ["", " ", "\n\t ", "\u3000", None])
def test_a_reason_of_blanks_is_none(say: Voice, reason: str | None) -> None:
    """Slack counts blanks as a reason; whoever denies is asked for one that can be read, below the input."""
    assert complaint(say, sent(filled(reason, "{}"))) == Complaint("reason", "Say why: they will read it.")


def test_a_reason_is_enough(say: Voice) -> None:
    """A form with a reason is taken."""
    assert complaint(say, sent(filled("not tonight", "{}"))) is None
