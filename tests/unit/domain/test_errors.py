"""The error tree: as drawn, with facts a log may have, and a word on whether anything was changed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handler.domain import dataflow_errors, errors
from handler.domain.dataflow_errors import (
    AuthenticationFailed,
    BadParameter,
    BadState,
    ClockSkewed,
    DataFlowRefused,
    DataFlowTimedOut,
    DataFlowUnavailable,
    DataFlowUnclear,
    DataFlowUnreadable,
    NotFound,
    PermissionDenied,
    Throttled,
)
from handler.domain.errors import (
    BadCursor,
    ChatError,
    ChatRefused,
    ChatUnavailable,
    DeliveryKnown,
    GroupUndetermined,
    IdTaken,
    IllegalMove,
    JobAmbiguous,
    JobBusy,
    JobNotFound,
    LedgerUnavailable,
    Moved,
    PolicyInvalid,
    RequestNotFound,
    SettingsInvalid,
    SluiceError,
    Usage,
    UsageError,
    described,
    facts_of,
)
from handler.domain.request import State
from tests.makers import request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READ = "getJobById"
# How to make each error, with its message and the facts that a log gets.
EXAMPLES: list[tuple[Callable[[], SluiceError], str, dict[str, object]]] = [
    (
        lambda: UsageError(Usage.TOO_BIG, word="9w", near=("8w",), topic="scale", limit=8),
        "too_big",
        {"usage": "too_big", "word": "9w", "topic": "scale", "limit": 8},
    ),
    (lambda: UsageError(Usage.UNREADABLE), "unreadable", {"usage": "unreadable", "word": "", "topic": "", "limit": 0}),
    (lambda: JobNotFound("wordcont", ("wordcount",)), "job not found", {"asked": "wordcont"}),
    (lambda: RequestNotFound("7k3m"), "request not found", {"asked": "7k3m"}),
    (lambda: JobAmbiguous("ord", ("orders", "ordered"), 12), "job name is ambiguous", {"asked": "ord", "total": 12}),
    (
        lambda: GroupUndetermined("leads", "ratelimited"),
        "members of leads could not be found out: ratelimited",
        {"group": "leads", "cause": "ratelimited"},
    ),
    (lambda: SettingsInvalid(("A is missing.", "B is wrong.")), "A is missing.; B is wrong.", {}),
    (lambda: PolicyInvalid(("No permit.",)), "No permit.", {}),
    (
        lambda: AuthenticationFailed(READ, status=401, code="200", message="Authentication Failed"),
        "AuthenticationFailed at getJobById: status=401 code=200 message=Authentication Failed",
        {"operation": READ, "status": 401, "code": "200", "message": "Authentication Failed"},
    ),
    (
        lambda: ClockSkewed(READ, seconds=-742, status=401, code="200"),
        "ClockSkewed at getJobById: status=401 code=200 message=None",
        {"operation": READ, "status": 401, "code": "200", "seconds": -742},
    ),
    (
        lambda: Throttled(READ, code="429", message="Slow down", retry_after_seconds=1.5),
        "Throttled at getJobById: status=429 code=429 message=Slow down",
        {"operation": READ, "status": 429, "code": "429", "message": "Slow down", "retry_after_seconds": 1.5},
    ),
    (lambda: NotFound(READ), "NotFound at getJobById: status=None code=None message=None", {"operation": READ}),
    (
        lambda: DataFlowUnavailable(READ, status=503, code="x", message="y", may_have_changed=False),
        "DataFlowUnavailable at getJobById: status=503 code=x message=y",
        {"operation": READ, "status": 503, "code": "x", "message": "y", "may_have_changed": False},
    ),
    (
        lambda: LedgerUnavailable("Query", "timed out"),
        "Query: timed out",
        {"operation": "Query", "cause": "timed out"},
    ),
    (lambda: DeliveryKnown(request()), "delivery already known", {}),
    (IdTaken, "", {}),
    (lambda: JobBusy(request()), "job is busy", {}),
    (lambda: JobBusy(None), "job is busy", {}),
    (lambda: Moved(request()), "request has moved", {}),
    (lambda: Moved(None), "request has moved", {}),
    (
        lambda: ChatRefused("chat.postMessage", "not_in_channel"),
        "chat.postMessage: not_in_channel",
        {
            "method": "chat.postMessage",
            "code": "not_in_channel",
        },
    ),
    (
        lambda: IllegalMove(State.APPLIED, State.PENDING),
        "applied may not become pending",
        {"before": "applied", "after": "pending"},
    ),
    (BadCursor, "not a cursor of a history", {}),
]


def drawn(drawing: str) -> Iterator[tuple[str, str]]:
    """Read the tree as pairs of an error and the one it is a kind of; four columns are a level."""
    path: list[str] = []
    for line in drawing.splitlines():
        indented = line.lstrip("│├└─ ")
        name = indented.split(" ")[0]
        if not name.isidentifier() or not (line.startswith("SluiceError") or line[0] in "│├└"):
            continue
        level = (len(line) - len(indented)) // 4
        path[level:] = [name]
        yield name, path[level - 1] if level else "Exception"


def real(error: type[BaseException] = SluiceError) -> Iterator[tuple[str, str]]:
    """Walk the classes of ours."""
    yield error.__name__, error.__bases__[0].__name__
    for kind in error.__subclasses__():
        if kind.__module__.startswith("handler."):
            yield from real(kind)


def test_the_tree_is_as_it_is_drawn() -> None:
    """The drawing on top of errors.py has each error once, under the one it is a kind of, and no others."""
    tree = list(drawn(errors.__doc__ or ""))
    assert len(tree) == len(dict(tree)) > 25
    assert dict(tree) == dict(real())


def test_each_error_says_what_it_is() -> None:
    """A class without a sentence cannot be chosen well; each lives in one of two modules."""
    for module in (errors, dataflow_errors):
        for name, kind in vars(module).items():
            if isinstance(kind, type) and issubclass(kind, SluiceError):
                assert kind.__doc__, name
                assert kind.__module__ in {errors.__name__, dataflow_errors.__name__}


@pytest.mark.parametrize(("make", "message", "facts"), EXAMPLES, ids=[each[1] for each in EXAMPLES])
def test_an_error_has_its_message_and_its_plain_facts(
    make: Callable[[], SluiceError], message: str, facts: dict[str, object]
) -> None:
    """What the log gets is text and numbers: no request, no list, nothing absent."""
    error = make()
    assert str(error) == message
    assert facts_of(error) == facts
    assert json.loads(json.dumps(facts_of(error))) == facts


def test_an_error_carries_what_a_person_is_told() -> None:
    """The parts that are no plain facts are there for the renderer."""
    assert UsageError(Usage.TOO_BIG, near=("8w",)).near == ("8w",)
    assert UsageError(Usage.TOO_BIG).near == ()
    assert (JobNotFound("a", ("b",)).near, JobNotFound("a").near) == (("b",), ())
    assert JobAmbiguous("a", ("b", "c"), 2).candidates == ("b", "c")
    assert SettingsInvalid(("one", "two")).problems == ("one", "two")
    made = request()
    assert DeliveryKnown(made).existing is made
    assert (JobBusy(made).holder, JobBusy(None).holder) == (made, None)
    assert (Moved(made).current, Moved(None).current) == (made, None)
    assert Throttled(READ).retry_after_seconds is None


def test_a_wait_that_slack_asked_for_is_kept() -> None:
    """It is none when Slack only did not answer."""
    assert ChatUnavailable("chat.update", "ratelimited", timedelta(seconds=30)).retry_after == timedelta(seconds=30)
    assert ChatUnavailable("chat.update", "http_503").retry_after is None


def test_a_line_of_the_log_names_the_error_and_its_facts() -> None:
    """The class, and what is plain of it."""
    error = LedgerUnavailable("open", "throttled")
    assert described(error) == {"error": "LedgerUnavailable", "facts": {"operation": "open", "cause": "throttled"}}


def test_of_errors_that_are_not_ours_nothing_is_logged() -> None:
    """A JSON decoder's error holds the document, which may be a secret that somebody mistyped."""
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads('{"bot_token": "xoxb-playground"')
    assert "xoxb-playground" in caught.value.doc
    assert facts_of(caught.value) == {}


@pytest.mark.parametrize("kind", [AuthenticationFailed, PermissionDenied, NotFound, BadParameter, BadState])
def test_a_definite_no_changed_nothing(kind: type[DataFlowRefused]) -> None:
    """Refused is refused."""
    assert kind(READ).may_have_changed is False
    assert Throttled(READ).may_have_changed is False
    assert ClockSkewed(READ, seconds=742).may_have_changed is False


@pytest.mark.parametrize("kind", [DataFlowUnavailable, DataFlowTimedOut, DataFlowUnreadable])
def test_no_usable_answer_may_hide_a_change_unless_that_is_ruled_out(kind: type[DataFlowUnclear]) -> None:
    """Whoever raises it for a read, or for a write that was never sent, says so."""
    assert kind("updateJobExecuteConfig").may_have_changed is True
    assert kind(READ, may_have_changed=False).may_have_changed is False


@pytest.mark.parametrize("kind", [ChatUnavailable, ChatRefused])
def test_what_slack_said_is_kept(kind: type[ChatError]) -> None:
    """The method and Slack's own word."""
    error = kind("chat.update", "msg_too_long")
    assert (error.method, error.code) == ("chat.update", "msg_too_long")
