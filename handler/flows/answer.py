"""The router: a command to the story that answers it, and what goes wrong to an outcome that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.audit import Event
from handler.domain.authority import Action
from handler.domain.commands import (
    Help,
    ListJobs,
    ListRequests,
    Scale,
    ShowJobHistory,
    ShowOlder,
    ShowStatus,
    ShowUserHistory,
    Undo,
    Why,
)
from handler.domain.errors import GroupUndetermined, RequestNotFound, SluiceError, UsageError
from handler.domain.identity import read_request_id
from handler.domain.opening import Refusal
from handler.domain.outcomes import ClickRefused, Misunderstood, Trouble
from handler.domain.period import bounds
from handler.domain.review import Objection
from handler.domain.vocabulary import MYSELF
from handler.flows import queries
from handler.flows.access import Asker, recognised, record_refusal
from handler.flows.change import scale
from handler.flows.ending import undo
from handler.flows.why import explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.commands import Command
    from handler.domain.outcomes import Outcome
    from handler.ports import World


def answer(world: World, asker: Asker, command: Command) -> Outcome:
    """Answer a command. Whatever is known to go wrong comes back as Trouble; anything else is raised."""
    try:
        return _routed(world, asker, command)
    except GroupUndetermined as error:
        return _undetermined(world, asker, command, error)
    except UsageError as error:
        return Misunderstood(error)
    except SluiceError as error:
        return Trouble(error, world.new_id())


def attempted(world: World, story: Callable[[], Outcome]) -> Outcome:
    """Tell a story of a click. Whatever is known to go wrong comes back as Trouble: then nothing was decided."""
    try:
        return story()
    except SluiceError as error:
        return Trouble(error, world.new_id())


def _routed(world: World, asker: Asker, command: Command) -> Outcome:
    match command:
        case Scale():
            return scale(world, asker, command)
        case Help():
            return queries.show_help(world, recognised(world, asker))
        case ShowStatus(job):
            return queries.show_status(world, recognised(world, asker), job)
        case ListJobs(text):
            return queries.list_jobs(world, recognised(world, asker), text)
        case ShowJobHistory(job, period):
            within = bounds(period, world.clock.now())
            return queries.show_job_history(world, recognised(world, asker), job, within)
        case ShowUserHistory(user_id, period):
            whose = asker.actor.user_id if user_id == MYSELF else user_id
            within = bounds(period, world.clock.now())
            return queries.show_user_history(world, recognised(world, asker), whose, within)
        case ShowOlder(subject, cursor, within, is_user):
            show = queries.show_user_history if is_user else queries.show_job_history
            return show(world, recognised(world, asker), subject, within, cursor)
        case ListRequests():
            return queries.list_requests(world, recognised(world, asker))
        case Undo():
            return _undone(world, asker, command)
        case Why():
            return explain(world, recognised(world, asker), command)


def _undone(world: World, asker: Asker, command: Undo) -> Outcome:
    """Put a change back. A refused command has an id too, but no request: that it changed nothing is said."""
    try:
        return undo(world, asker, command)
    except RequestNotFound:
        known = read_request_id(command.request)
        if known is None or not any(fact.get("event") == Event.REFUSED for fact in world.ledger.chain(known)):
            raise
        return ClickRefused(Objection.WAS_REFUSED)


def _undetermined(world: World, asker: Asker, command: Command, error: GroupUndetermined) -> Trouble:
    """Refuse, and record it: it could not be found out who asks, which allows nothing."""
    incident = world.new_id()
    refusal = Refusal(
        actor=asker.actor,
        delivery=asker.delivery,
        action=_action(command),
        detail="group_undetermined",
        policy_version=world.policy.version,
        because=(),
        job_name=getattr(command, "job", None),
    )
    try:
        record_refusal(world, refusal)
    except SluiceError as unrecorded:
        return Trouble(unrecorded, incident)
    return Trouble(error, incident)


def _action(command: Command) -> Action:
    match command:
        case Scale() | Undo():
            return Action.SCALE
        case ShowJobHistory() | ShowUserHistory() | ShowOlder():
            return Action.AUDIT
        case Help() | ShowStatus() | ListJobs() | ListRequests() | Why():
            return Action.VIEW
