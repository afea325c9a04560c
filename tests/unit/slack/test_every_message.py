"""Every outcome, in every branch it has, makes a message that Slack takes and that reads well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from handler.domain.errors import SettingsInvalid, SluiceError, Usage
from handler.domain.outcomes import ChangeShown, LeftUntold, Misunderstood, NothingMore, Outcome, Trouble
from handler.domain.request import State
from handler.slack.faults import leaves
from handler.slack.messages import render
from handler.slack.mishap_view import unexpected_message, unknown_button_message
from tests.unit.slack.gallery import EVERYTHING
from tests.unit.slack.gallery_of_reviews import messages
from tests.unit.slack.rules import broken, shown

if TYPE_CHECKING:
    from handler.ports import Message
    from handler.slack.voice import Voice

# Slips that templates make when a value is empty, singular or absent.
SLIPS = re.compile(
    r"\bNone\b|\b1 (?:workers|jobs|approvals|days)\b|\(\)|``|\.\.|: ?\.|· ?·| [.,:;)]|[ ·]$|^[ ·]", re.MULTILINE
)


def rendered(say: Voice, outcome: Outcome) -> Message:
    """Render an outcome that has a message."""
    message = render(say, outcome)
    assert message is not None
    return message


@pytest.mark.parametrize("name", EVERYTHING)
def test_slack_takes_it_and_nothing_in_it_is_formatted_by_accident(say: Voice, name: str) -> None:
    """Blocks are valid, texts are within the limits, and the fallback says the same without formatting."""
    assert broken(rendered(say, EVERYTHING[name])) == []


@pytest.mark.parametrize("name", EVERYTHING)
def test_it_reads_well(say: Voice, name: str) -> None:
    """No sentence shows the seams of its template."""
    message = rendered(say, EVERYTHING[name])
    slips = [found[0] for text in (message.text, *shown(message.blocks)) for found in SLIPS.finditer(text)]
    assert slips == []


@pytest.mark.parametrize("name", EVERYTHING)
def test_whoever_hears_only_the_fallback_hears_what_the_blocks_say(say: Voice, name: str) -> None:
    """Every word of the blocks but the buttons' is in the text for notifications and screen readers."""
    message = rendered(say, EVERYTHING[name])
    told = set(_words(message.text))
    blocks = [block for block in message.blocks if block["type"] != "actions"]
    missing = [word for text in shown(blocks) for word in _words(text) if word not in told]
    assert set(missing) <= {"Workers", "Timeout"}  # the labels of numbers that are told as a sentence


def _words(text: str) -> list[str]:
    plain = re.sub(r"<!date\^[^|]*\|([^>]*)>", r"\1", text)
    return re.findall(r"[^\W_]+", plain)


def test_the_gallery_has_every_kind_of_outcome() -> None:
    """A kind of outcome without an example would be a message that nobody has looked at."""
    kinds = {type(outcome) for outcome in EVERYTHING.values()}
    assert kinds | {LeftUntold, NothingMore} == set(Outcome.__args__)


def test_the_gallery_has_every_state_error_and_usage() -> None:
    """Each state of a request, each leaf of the error tree and each usage is shown once at least."""
    shown_states = {each.request.state for each in EVERYTHING.values() if isinstance(each, ChangeShown)}
    errors = {type(each.error) for each in EVERYTHING.values() if isinstance(each, Trouble)}
    usages = {each.error.usage for each in EVERYTHING.values() if isinstance(each, Misunderstood)}
    # Not only a leaf: settings may be wrong without the policy being it.
    assert (shown_states, errors, usages) == (set(State), {*leaves(SluiceError), SettingsInvalid}, set(Usage))


def test_nothing_more_is_no_message(say: Voice) -> None:
    """A redelivery of what has been told already is met with silence."""
    assert render(say, NothingMore()) is None


def test_what_no_outcome_stands_for_keeps_the_rules_too(say: Voice) -> None:
    """A defect of ours, a button of another version, and the calls to a card are told in valid messages."""
    made = {
        **messages(say),
        "unexpected": unexpected_message(say, "4t8n-c2vy"),
        "unknown button": unknown_button_message(say),
    }
    assert [fault for message in made.values() for fault in broken(message)] == []


CHANGES_NOTHING = [
    name
    for name in EVERYTHING
    if name.startswith(("impossible", "refused", "busy", "usage", "trouble", "change failed", "change stale"))
]


@pytest.mark.parametrize("name", CHANGES_NOTHING)
def test_what_changed_nothing_says_so(say: Voice, name: str) -> None:
    """Whoever asked for a change and did not get it reads that nothing was changed."""
    assert re.search("[Nn]othing was changed|changed nothing", rendered(say, EVERYTHING[name]).text)


@pytest.mark.parametrize("name", [name for name in EVERYTHING if name.startswith("change unknown")])
def test_what_may_have_changed_is_never_to_be_repeated(say: Voice, name: str) -> None:
    """While it is not known whether a write was done, nobody is told to try again, whatever stood in its way."""
    text = rendered(say, EVERYTHING[name]).text
    assert "may have changed" in text
    assert "Do not repeat it" in text
    assert re.search("[Aa]gain", text) is None


@pytest.mark.parametrize("error", [each for each in EVERYTHING.values() if isinstance(each, Trouble)], ids=repr)
def test_trouble_says_what_happened_and_what_to_do_next(say: Voice, error: Trouble) -> None:
    """What did not work, whether anything was changed, what to do, and the id that is in the log, too."""
    what, then, *_, last = rendered(say, error).text.splitlines()
    assert what.startswith("That did not work. ")
    assert re.fullmatch(r"Nothing was changed(?: so far)?\. .{10,}", then)
    assert last == f"error {error.incident}, also in the log"
