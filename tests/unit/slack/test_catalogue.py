"""Every sentence is used, every sentence that is used exists, and it is given exactly the values it names."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from handler.domain import errors
from handler.domain.authority import Action
from handler.domain.errors import SluiceError, Usage
from handler.domain.outcomes import ChangeShown, HelpShown, JobIsBusy
from handler.domain.request import State
from handler.domain.review import Objection
from handler.domain.vocabulary import Topic
from handler.slack import catalogue
from handler.slack.catalogue import Words, load_words
from handler.slack.change_view import NOT_UNDONE
from handler.slack.faults import REMEMBERED, leaves
from handler.slack.messages import render
from handler.slack.record_view import NOTES
from handler.slack.voice import Voice
from tests.makers import request
from tests.unit.slack.rules import broken, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS: Final = load_words()
SLACK: Final = Path(catalogue.__file__).parent
APP: Final = SLACK.parents[1] / "infra" / "slack"
SOURCES: Final = (*sorted(SLACK.glob("*.py")), *sorted(SLACK.parent.glob("*.py")), *sorted(APP.glob("*.py")))
BUTTONS: Final = {"approve", "deny", "withdraw", "ask_again", "reviewed", "extend", "keep", "revert"}
ERRORS: Final = {each.__name__ for each in (*leaves(SluiceError), errors.SettingsInvalid)}

# One sentence for each member of a closed set; the key ends with the member.
FAMILIES: Final = {
    "help": {Action.VIEW.value, Action.SCALE.value, Action.AUDIT.value},
    "type": {each.value for each in Topic},
    "usage": {each.value for each in Usage},
    "verb": {each.value for each in Action},
    "became": {each.value for each in State},
    "undoing": {each.value for each in NOT_UNDONE},
    "click": {each.value for each in Objection},
    "button": BUTTONS,
    "button_label": BUTTONS,
    "note": NOTES,
    "state": {each.value for each in State},
    "error": ERRORS,
    "next": ERRORS,
}
# One sentence for each member that is known of a set that others may add to; without one, it is shown as it came.
OPEN: Final = {"status_meaning", "node", "field", "event", "why", "verb", "mend"}


class Use(NamedTuple):
    """A place in the views that says something: its keys, and the values it gives."""

    where: str
    keys: frozenset[str]
    given: frozenset[str]


def _keys(key: ast.expr, where: str) -> frozenset[str]:
    match key:
        case ast.Constant(value=str(text)):
            return frozenset({text})
        case ast.IfExp(body=one, orelse=other):
            return _keys(one, where) | _keys(other, where)
        case ast.JoinedStr(values=[ast.Constant(value=str(family)), ast.FormattedValue()]) if family.endswith("."):
            return frozenset(f"{family}{member}" for member in FAMILIES[family[:-1]])
        case _:
            pytest.fail(f"{where}: this key cannot be read off the source")


def _uses() -> Iterator[Use]:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _says(node.func) and source.name != "catalogue.py":
                where = f"{source.name}:{node.lineno}"
                if where.startswith("voice.py") and not isinstance(node.args[0], ast.Constant):
                    continue  # Voice hands on what it is given
                yield Use(where, _keys(node.args[0], where), frozenset(each.arg or "**" for each in node.keywords))


def _says(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        return called.attr == "voice"
    return isinstance(called, ast.Name) and called.id in {"say", "self"}


def _looked_up() -> set[str]:
    """Return the sections that are looked up with ``known``."""
    calls = [
        node
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "known"
    ]
    return {str(ast.literal_eval(node.args[0])) for node in calls}


USES: Final = tuple(_uses())


def _named(key: str) -> set[str]:
    """Return what a sentence wants to be given; the command's name is always there."""
    return {name for _, name, _, _ in Formatter().parse(str(WORDS.sentences[key])) if name} - {"command"}


def _section(key: str) -> str:
    return key.partition(".")[0]


def test_the_scan_sees_the_views() -> None:
    """The scan is not blind: it finds many uses, in every view."""
    views = {use.where.partition(":")[0] for use in USES}
    assert len(USES) > 100
    assert {source.name for source in SOURCES if source.name.endswith("_view.py")} <= views


def test_every_sentence_that_is_used_exists() -> None:
    """No view can meet a key that is not in the catalogue."""
    assert {(use.where, key) for use in USES for key in use.keys if key not in WORDS.sentences} == set()


def test_every_sentence_is_used() -> None:
    """Nothing is left over that a translator would work on for nobody."""
    used = {key for use in USES for key in use.keys}
    assert {key for key in WORDS.sentences if key not in used and _section(key) not in OPEN} == set()


def test_the_open_sets_are_those_that_are_looked_up() -> None:
    """The list of open sets above is the views' own."""
    assert _looked_up() == OPEN


def test_a_sentence_of_an_open_set_wants_no_values() -> None:
    """What is looked up is given none; a sentence for all others may be said with one."""
    said = {key for use in USES for key in use.keys}
    assert {key for key in WORDS.sentences if _section(key) in OPEN and _named(key) and key not in said} == set()


def test_no_sentence_wants_a_value_that_it_is_not_given() -> None:
    """A placeholder without a value would be an exception at 3 a.m.

    Of the errors, the views take some apart and say the rest as a family; the gallery says each of them.
    """
    unmet = {(use.where, key) for use in USES for key in use.keys if not _named(key) <= use.given}
    met = {key for use in USES for key in use.keys if _named(key) <= use.given}
    assert {(where, key) for where, key in unmet if key not in met or _section(key) not in {"error", "next"}} == set()


def test_no_value_is_given_in_vain() -> None:
    """Each value that a view gives is named by the sentence, in a family by one of its sentences."""
    assert {use.where for use in USES if use.given - set().union(*(_named(key) for key in use.keys))} == set()


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_every_error_says_what_happened_and_what_to_do_next(name: str) -> None:
    """Both are whole sentences, for every leaf of the error tree."""
    what, then = WORDS.sentences[f"error.{name}"], WORDS.sentences[f"next.{name}"]
    assert (what[0].isupper() or what[0] == "{", then[0].isupper() or then[0] in "{`") == (True, True)
    assert re.search(r"[.}]$", what)
    assert re.search(r"[.?]$", then)


def test_an_error_that_a_request_remembers_needs_no_more_than_its_name() -> None:
    """Of a failed change only the error's name is on record."""
    assert {name for name in REMEMBERED if _named(f"error.{name}") or _named(f"next.{name}")} == set()


@pytest.mark.parametrize("key", sorted(WORDS.sentences))
def test_a_sentence_is_formatted_so_that_it_can_be_told_plainly_too(key: str) -> None:
    """Bold and code only, in pairs on one line, and no mention."""
    for line in WORDS.sentences[key].splitlines():
        assert (line.count("*") % 2, line.count("`") % 2) == (0, 0)
        assert re.search(r"(?<!\w)_\w[^_]*_(?!\w)|~|<|^>.*\n", re.sub(r"\{\w+\}", "x", line)) is None


def test_values_are_escaped_and_sentences_are_not() -> None:
    """A value is foreign unless it says otherwise."""
    words = Words({"a.b": "*{one}* & {two}"})
    assert words("a.b", one="<*>", two=2) == "*&lt;\N{ASTERISK OPERATOR}&gt;* & 2"


def test_a_second_language_is_a_file_beside_the_first(tmp_path: Path) -> None:
    """A catalogue with a few sentences speaks them; what it does not say yet is said in English."""
    korean = (
        '[became]\nstale = "*하지 않음:* {name} {what}. 아무것도 바뀌지 않았습니다."\n[amount]\nworker = "워커 1개"\n'
    )
    (tmp_path / "ko.toml").write_text(korean, "utf-8")
    say = Voice(load_words("ko", tmp_path), "/데이터")
    message = render(say, ChangeShown(request(state=State.STALE)))
    assert message is not None
    assert broken(message) == []
    assert message.text.startswith(
        "하지 않음: wordcount workers 2 → 4. 아무것도 바뀌지 않았습니다.\nThe job could not be read"
    )


def test_a_language_is_words_from_anywhere() -> None:
    """The words may come from any mapping, as long as it has what is said."""
    say = Voice(Words({key: key for key in WORDS.sentences}), "/dataflow")
    message = render(say, HelpShown(frozenset({Action.VIEW})))
    assert message is not None
    assert list(shown(message.blocks)) == ["help.title\nhelp.view\nhelp.values"]


def test_a_key_that_does_not_exist_is_an_error_of_ours() -> None:
    """It is raised, not shown as a key to people."""
    with pytest.raises(KeyError, match=re.escape("no.such")):
        Voice(WORDS, "/dataflow")("no.such")


def test_the_command_has_the_name_that_it_was_given(say: Voice) -> None:
    """Where people are told what to type, it is what their workspace calls it."""
    message = render(Voice(say.words, "/flow_ops"), JobIsBusy("wordcount", None))
    assert message is not None
    assert "/flow_ops status wordcount" in message.text
