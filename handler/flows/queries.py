"""The stories that only look: help, status, list, history, requests."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Final

from handler.domain.authority import Action, Denied
from handler.domain.dataflow_errors import DataFlowError, DataFlowUnclear
from handler.domain.errors import JobNotFound
from handler.domain.finding import looks_like_id
from handler.domain.model import JobId, JobSummary, UserId
from handler.domain.outcomes import HelpShown, HistoryShown, JobRemembered, JobShown, JobsListed, Refused, RequestsShown
from handler.domain.pages import whole_requests
from handler.domain.period import EVER
from handler.flows.access import Asker, is_allowed, question, refuse, viewable
from handler.flows.lookup import find_job, last_seen
from handler.ports import ByActor, ByJob, FactPage

if TYPE_CHECKING:
    from handler.domain.model import Job
    from handler.domain.period import Bounds
    from handler.ports import World

EXECUTIONS_SHOWN: Final = 5
FACTS_SHOWN: Final = 20
REQUESTS_SHOWN: Final = 20


def show_help(world: World, asker: Asker) -> HelpShown:
    """Say what there is, and which actions the policy grants this person for some job."""
    granted = {
        action
        for action in (Action.VIEW, Action.SCALE, Action.AUDIT)
        if not isinstance(world.policy.decide(question(asker, action)), Denied)
    }
    return HelpShown(frozenset(granted))


def show_status(world: World, asker: Asker, asked: str) -> JobShown | JobRemembered | Refused:
    """Show a job; its executions are a help, not a condition, so that failing to read them does not hide the job.

    While the API does not answer, what was seen of the job last is shown instead.
    """
    try:
        job = find_job(world, asker, asked)
    except DataFlowUnclear as error:
        return _remembered(world, asker, asked, error)
    if refusal := is_allowed(world, asker, Action.VIEW, job):
        return refuse(world, asker, Action.VIEW, job, refusal)
    try:
        executions = tuple(world.dataflow.executions(job.id, limit=EXECUTIONS_SHOWN))
    except DataFlowError:
        executions = None
    return JobShown(job, executions, world.clock.now())


def _remembered(world: World, asker: Asker, asked: str, error: DataFlowUnclear) -> JobRemembered | Refused:
    seen = last_seen(world, asked)
    if seen is None:
        raise error
    if refusal := is_allowed(world, asker, Action.VIEW, seen.job):
        return refuse(world, asker, Action.VIEW, seen.job, refusal)
    return JobRemembered(seen, error, world.clock.now())


def list_jobs(world: World, asker: Asker, text: str) -> JobsListed | Refused:
    """List the jobs this person may view; somebody who may view none is refused."""
    jobs = world.dataflow.jobs()
    shown = viewable(world, asker, jobs)
    if jobs and not shown and (refusal := is_allowed(world, asker, Action.VIEW)):
        return refuse(world, asker, Action.VIEW, None, refusal)
    wanted = text.casefold()
    return JobsListed(text, tuple(job for job in shown if wanted in job.name.casefold() or wanted in job.id.casefold()))


def show_job_history(
    world: World, asker: Asker, asked: str, bounds: Bounds = EVER, cursor: str | None = None
) -> HistoryShown | Refused:
    """Show what was done to a job. A job that is gone, or an API that is down, does not hide its history."""
    job: Job | JobSummary
    try:
        job = find_job(world, asker, asked)
    except (JobNotFound, DataFlowError):
        if seen := last_seen(world, asked):
            job = seen.job
        elif looks_like_id(asked):
            job = JobSummary(JobId(asked), asked)
        else:
            raise
    if refusal := is_allowed(world, asker, Action.AUDIT, job):
        return refuse(world, asker, Action.AUDIT, job, refusal)
    page = _page(world, ByJob(job.id), bounds, cursor)
    return HistoryShown(job.name, page.facts, job.id, page.after, page.cursor, bounds, is_first=cursor is None)


def show_user_history(
    world: World, asker: Asker, user_id: str, bounds: Bounds = EVER, cursor: str | None = None
) -> HistoryShown | Refused:
    """Show what a person asked for, as far as the asker may see the audit of those jobs."""
    if refusal := is_allowed(world, asker, Action.AUDIT):
        return refuse(world, asker, Action.AUDIT, None, refusal)
    page = _page(world, ByActor(UserId(user_id)), bounds, cursor)
    jobs = [JobSummary(JobId(str(fact.get("job_id", ""))), str(fact.get("job_name", ""))) for fact in page.facts]
    permitted = world.policy.permitted([question(asker, Action.AUDIT, job) for job in jobs])
    facts = tuple(compress(page.facts, permitted))
    after = tuple(compress(page.after, permitted))
    is_first = cursor is None
    return HistoryShown(user_id, facts, user_id, after, page.cursor, bounds, is_user=True, is_first=is_first)


def _page(world: World, query: ByJob | ByActor, bounds: Bounds, cursor: str | None) -> FactPage:
    """Read a page, and end it where no request is torn in two if something comes after it."""
    page = world.ledger.history(query, limit=FACTS_SHOWN, cursor=cursor, bounds=bounds)
    if page.cursor is None:
        return page
    count = whole_requests(page.facts)
    return FactPage(page.facts[:count], page.after[count - 1], page.after[:count])


def list_requests(world: World, asker: Asker) -> RequestsShown | Refused:
    """List the open requests on jobs this person may view."""
    if refusal := is_allowed(world, asker, Action.VIEW):
        return refuse(world, asker, Action.VIEW, None, refusal)
    requests = world.ledger.open_requests(limit=REQUESTS_SHOWN)
    jobs = [JobSummary(each.change.job_id, each.change.job_name) for each in requests]
    permitted = world.policy.permitted([question(asker, Action.VIEW, job) for job in jobs])
    return RequestsShown(tuple(each for each, allowed in zip(requests, permitted, strict=True) if allowed))
