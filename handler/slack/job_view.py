"""A job, and a list of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.domain.pipeline import stages
from handler.domain.preview import running
from handler.ports import Message
from handler.slack.blocks import Block, actions, as_blocks, button, context, fields, paragraphs, section
from handler.slack.mrkdwn import Mrkdwn, code, escape, moment

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.model import Execution, Job, JobSummary
    from handler.domain.outcomes import JobShown, JobsListed
    from handler.slack.voice import Voice

MOST_JOBS: Final = 40
MOST_STAGES: Final = 12
MINUTES_IN_HOUR: Final = 60


def job_message(say: Voice, shown: JobShown) -> Message:
    """Show a job: settings, pipeline, runs, and whether a change would reach the run under way."""
    job = shown.job
    title = say("status.title", name=code(job.name), status=job.status or say("status.unsaid"))
    blocks: list[Block] = [section(Mrkdwn(f"*{title}*"))]
    if job.description:
        blocks.append(context(say("status.described", description=escape(job.description, 300))))
    settings = _settings(say, job)
    blocks.append(fields(settings))
    if job.nodes:
        blocks.append(section(say("status.pipeline", stages=_pipeline(job))))
    notes = _notes(say, shown)
    blocks.extend(paragraphs([*_runs(say, shown.executions), *notes]))
    footer = say("status.footer", id=code(job.id), type=job.type or "-", at=moment(shown.shown_at))
    blocks += [context(footer), _buttons(say, job)]
    return Message("\n".join([title, *settings, *notes]), as_blocks(blocks))


def _settings(say: Voice, job: Job) -> list[Mrkdwn]:
    condition = job.run_condition
    unsaid = say("status.unsaid")
    timeout = unsaid if condition.timeout_minutes is None else _span(say, condition.timeout_minutes)
    texts = [
        say("status.workers", value=unsaid if condition.workers is None else condition.workers),
        say("status.timeout", value=timeout),
        say("status.last_run", value=_last_run(say, job)),
    ]
    return [*texts, say("status.updated", value=moment(job.updated_at))] if job.updated_at else texts


def _span(say: Voice, minutes: int) -> Mrkdwn:
    if minutes < MINUTES_IN_HOUR:
        return say("status.minutes", minutes=minutes)
    hours, rest = divmod(minutes, MINUTES_IN_HOUR)
    return say("status.hours", minutes=minutes, hours=f"{hours} h {rest} min" if rest else f"{hours} h")


def _last_run(say: Voice, job: Job) -> Mrkdwn:
    if job.last_execution_at is None:
        return escape(job.last_execution_status) if job.last_execution_status else say("status.never")
    if job.last_execution_status is None:
        return moment(job.last_execution_at)
    return say("status.last_run_value", status=job.last_execution_status, at=moment(job.last_execution_at))


def _pipeline(job: Job) -> Mrkdwn:
    steps = [" + ".join(code(node.name or node.type, 60) for node in stage) for stage in stages(job.nodes)]
    shown = steps if len(steps) <= MOST_STAGES else [*steps[: MOST_STAGES - 1], "…"]
    return Mrkdwn(" → ".join(shown))


def _runs(say: Voice, executions: tuple[Execution, ...] | None) -> list[Mrkdwn]:
    if executions is None:
        return [say("status.runs_unread")]
    if not executions:
        return [say("status.runs_none")]
    return [say("status.runs"), *(_run(say, each) for each in executions)]


def _run(say: Voice, run: Execution) -> Mrkdwn:
    if run.running_minutes is None:
        lasted = say("status.run_unsaid")
    else:
        lasted = say("status.run_now" if run.is_open else "status.run_done", minutes=run.running_minutes)
    return say(
        "status.run",
        status=run.status,
        workers="?" if run.workers is None else run.workers,
        started=_maybe(say, run.started_at),
        lasted=lasted,
    )


def _maybe(say: Voice, at: datetime | None) -> Mrkdwn:
    return say("status.unsaid") if at is None else moment(at)


def _notes(say: Voice, shown: JobShown) -> list[Mrkdwn]:
    notes = []
    if not shown.job.run_condition.has_nrn:
        notes.append(say("status.never_set_up"))
    if run := running(shown.executions or ()):
        notes.append(
            say("status.running_note_plain") if run.workers is None else say("status.running_note", workers=run.workers)
        )
    return notes


def _buttons(say: Voice, job: Job) -> Block:
    return actions(
        [
            button("refresh", say("status.refresh"), job.id, say("status.refresh_label", name=job.name)),
            button("history_open", say("status.history"), job.id, say("status.history_label", name=job.name)),
        ]
    )


def list_message(say: Voice, listed: JobsListed) -> Message:
    """Show the jobs a person may view, at most forty of them."""
    jobs = listed.jobs
    if not jobs:
        text = say("list.none_filtered", text=code(listed.text)) if listed.text else say("list.none")
        return Message(text, as_blocks([section(text)]))
    if listed.text:
        title = say("list.title_filtered", count=len(jobs), text=code(listed.text))
    else:
        title = say("list.title_one") if len(jobs) == 1 else say("list.title", count=len(jobs))
    rows = [_row(say, job) for job in jobs[:MOST_JOBS]]
    blocks = [section(title), *paragraphs(rows)]
    if len(jobs) > MOST_JOBS:
        blocks.append(context(say("list.more", count=len(jobs) - MOST_JOBS)))
    return Message(title, as_blocks(blocks))


def _row(say: Voice, job: JobSummary) -> Mrkdwn:
    last = job.last_execution_status or say("list.last_none")
    return say("list.row", name=code(job.name), status=job.status or "-", last=last, id=code(job.id))
