"""A job, and a list of jobs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from handler.domain.pipeline import stages
from handler.domain.preview import running
from handler.slack.blocks import Block, actions, button, context, fields, message, paragraphs, section, that_fit, told
from handler.slack.faults import SECONDS_IN_MINUTE, what_happened, what_next
from handler.slack.mrkdwn import LONGEST_WORD, Mrkdwn, bare, code, dotted, escape, joined, moment
from handler.slack.quantities import lasting, timeout, workers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handler.domain.model import Execution, Job, JobSummary, Node
    from handler.domain.outcomes import JobRemembered, JobShown, JobsListed
    from handler.ports import Message
    from handler.slack.voice import Voice

MOST_JOBS: Final = 40
LONGEST_PIPELINE: Final = 1000
LONGEST_DESCRIPTION: Final = 300
# What the Data Flow adapter would ask for (LONGEST_ID there): a button that can find nothing is none.
LONGEST_ID: Final = 200
FAILED: Final = "FAILED"


def job_message(say: Voice, shown: JobShown) -> Message:
    """Show a job: settings, runs, whether a change would reach the run under way, pipeline."""
    job, condition = shown.job, shown.job.run_condition
    title, footer = _title(say, job), _footer(say, job, shown.shown_at)
    described = [text for text in (escape(job.description, LONGEST_DESCRIPTION),) if text]
    # Where there are runs, the first of them says the same.
    last = "" if shown.executions else _last_run(job)
    notes, runs = _notes(say, shown), _runs(say, shown.executions)
    pipeline = [say("status.pipeline", stages=_pipeline(say, job.nodes))] if job.nodes else []
    number = condition.workers
    numbers = [
        say("status.workers", value=say("amount.unsaid") if number is None else escape(str(number), LONGEST_WORD)),
        say("status.timeout", value=timeout(say, condition.timeout_minutes)),
        *([say("status.last_run", value=last)] if last else []),
    ]
    blocks: list[Block] = [section(title), *map(context, described), fields(numbers)]
    blocks += [*paragraphs(notes), *paragraphs(runs), *paragraphs(pipeline), context(footer), *_buttons(say, job)]
    has = [say("status.has", workers=workers(say, number), timeout=timeout(say, condition.timeout_minutes))]
    has += [say("status.has_run", last=last)] if last else []
    return message([title, *has, *notes, *runs, *described, *pipeline, footer], blocks)


def remembered_message(say: Voice, shown: JobRemembered) -> Message:
    """Show a job as it was last seen, how long ago that was, and why it is not shown as it is."""
    job, condition = shown.seen.job, shown.seen.job.run_condition
    title = say("remembered.title", what=what_happened(say, shown.error))
    minutes = int((shown.shown_at - shown.seen.at).total_seconds()) // SECONDS_IN_MINUTE
    age = lasting(say, minutes) if minutes > 0 else say("remembered.moments")
    numbers = say(
        "status.has", workers=workers(say, condition.workers), timeout=timeout(say, condition.timeout_minutes)
    )
    last = _last_run(job)
    lines = [say("remembered.known", age=age), _title(say, job), numbers]
    lines += [say("status.has_run", last=last)] if last else []
    lines += [say("remembered.since"), what_next(say, shown.error)]
    footer = _footer(say, job, shown.seen.at)
    blocks = [section(title), *paragraphs(lines), context(footer), *_buttons(say, job)]
    return message([title, *lines, footer], blocks)


def _title(say: Voice, job: Job) -> Mrkdwn:
    status = escape(job.status, LONGEST_WORD) or say("status.unsaid")
    if meaning := say.known("status_meaning", job.status):
        return say("status.title_meaning", name=code(job.name), status=status, meaning=meaning)
    return say("status.title", name=code(job.name), status=status)


def _footer(say: Voice, job: Job, read_at: datetime) -> Mrkdwn:
    edited = say("status.edited", at=moment(job.updated_at)) if job.updated_at else ""
    read = say("status.read", at=moment(read_at))
    return dotted((say("status.job_id", id=code(job.id)), escape(job.type, LONGEST_WORD), edited, read))


def _last_run(job: Job) -> Mrkdwn:
    status = escape(job.last_execution_status or "", LONGEST_WORD)
    return dotted((status, moment(job.last_execution_at) if job.last_execution_at else ""))


def _pipeline(say: Voice, nodes: Sequence[Node]) -> Mrkdwn:
    steps = [" + ".join(_node(say, node) for node in stage) for stage in stages(nodes)]
    return joined(steps, " → ", LONGEST_PIPELINE)


def _node(say: Voice, node: Node) -> Mrkdwn:
    kind = say.known("node", node.type) or escape(node.type.casefold().replace("_", " "), LONGEST_WORD)
    name = escape(node.name, LONGEST_WORD)
    if not name:
        return kind or bare("")
    told_by_name = {_stem(word) for word in name.split()}
    unsaid = " ".join(word for word in kind.split() if _stem(word) not in told_by_name)
    return say("status.node", name=name, kind=Mrkdwn(unsaid)) if unsaid else name


def _stem(word: str) -> str:
    return word.casefold().removesuffix("s")


def _runs(say: Voice, executions: tuple[Execution, ...] | None) -> list[Mrkdwn]:
    if executions is None:
        return [say("status.runs_unread")]
    if not executions:
        return [say("status.runs_none")]
    return [say("status.runs"), *that_fit([_run(say, each) for each in executions])]


def _run(say: Voice, run: Execution) -> Mrkdwn:
    started = moment(run.started_at) if run.started_at else ""
    return dotted((_outcome(say, run.status), workers(say, run.workers), started, _lasted(say, run)))


def _outcome(say: Voice, status: str) -> Mrkdwn:
    shown = escape(status, LONGEST_WORD)
    return say("status.failed", status=shown) if status == FAILED else shown


def _lasted(say: Voice, run: Execution) -> Mrkdwn:
    if run.running_minutes is None or run.running_minutes < 0:
        return Mrkdwn("")
    lasted = lasting(say, run.running_minutes)
    return say("status.run_now", lasted=lasted) if run.is_open else say("status.run_done", lasted=lasted)


def _notes(say: Voice, shown: JobShown) -> list[Mrkdwn]:
    notes = []
    if not shown.job.run_condition.has_nrn:
        notes.append(say("status.never_set_up"))
    if run := running(shown.executions or ()):
        keeps = "" if run.workers is None else workers(say, run.workers)
        notes.append(say("status.running", workers=keeps) if keeps else say("status.running_plain"))
    return notes


def _buttons(say: Voice, job: Job) -> list[Block]:
    if not can_be_asked_for(job.id):
        return []
    refresh = button("refresh", say("status.refresh"), job.id, say("status.refresh_label"))
    history = button("history_open", say("status.history"), job.id, say("status.history_label"))
    return [actions([refresh, history])]


def can_be_asked_for(job_id: str) -> bool:
    """Whether a button that carries this id can find anything."""
    return job_id.isascii() and job_id.isprintable() and 0 < len(job_id) <= LONGEST_ID


def list_message(say: Voice, listed: JobsListed) -> Message:
    """Show the jobs a person may view, at most forty of them."""
    jobs, text = listed.jobs, code(listed.text)
    if not jobs:
        return told([say("list.none_filtered", text=text) if listed.text else say("list.none")])
    count = say("list.one") if len(jobs) == 1 else say("list.many", count=len(jobs))
    title = say("list.title_filtered", count=count, text=text) if listed.text else say("list.title", count=count)
    namesakes = Counter(job.name for job in jobs)
    rows = that_fit([_row(say, job, with_id=namesakes[job.name] > 1) for job in jobs[:MOST_JOBS]])
    left = len(jobs) - len(rows)
    more = [say("list.more", count=left)] if left else []
    return message([title, *rows, *more], [section(title), *paragraphs(rows), *map(context, more)])


def _row(say: Voice, job: JobSummary, *, with_id: bool) -> Mrkdwn:
    last = say("list.last", status=_outcome(say, job.last_execution_status)) if job.last_execution_status else ""
    status = escape(job.status, LONGEST_WORD)
    return dotted((code(job.name), status, last or say("list.last_none"), code(job.id) if with_id else ""))
