"""What a tired person reads on a phone, word for word: the outcome first, what was changed or not, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from handler.slack.messages import render
from tests.unit.slack.gallery import EVERYTHING

if TYPE_CHECKING:
    from handler.slack.voice import Voice

SPACE: Final = "\N{NO-BREAK SPACE}"
READ: Final = {
    "change applied, both": """
Done: wordcount workers 2 → 4 and timeout 360 → 720 min (12 h).
Read back: the job has these values, and every other setting is as it was.
The run under way stays at 2 workers. This reaches the next run.
Asked by <@U0KIM>, because: backlog
request 7k3m-q2xd · decided by oncall-small · 2026-11-23 03:04 UTC
""",
    "change unknown, DataFlowTimedOut": """
Not known yet: wordcount workers 2 → 4. The job may have changed.
The Data Flow API did not answer in time.
Read back, it has 2 workers, timeout 360 min (6 h).
Sluice keeps reading the job, lets no other change of it start meanwhile, and says here what became of it.
Do not repeat it before that.
Asked by <@U0KIM>, because: backlog
request 7k3m-q2xd · decided by oncall-small · 2026-11-23 03:04 UTC
""",
    "change failed, DataFlowTimedOut": """
Failed: wordcount workers 2 → 4. This request changed nothing.
The Data Flow API did not answer in time.
Read back, it has 2 workers, timeout 360 min (6 h).
Try again in a minute.
Asked by <@U0KIM>, because: backlog
request 7k3m-q2xd · decided by oncall-small · 2026-11-23 03:04 UTC
""",
    "change stale, moved": """
Not done: wordcount workers 2 → 4. Nothing was changed.
The job is not as it was when this was asked:
• workers: 2 → 5
• log path: dataflow-1234567-wc01/sparkHistoryLogs/ → elsewhere/logs/
• maxConcurrentRuns: not set → 3
Look at /dataflow status wordcount, and ask again if it is still right.
Asked by <@U0KIM>, because: backlog
request 7k3m-q2xd · decided by oncall-small · 2026-11-23 03:04 UTC
""",
    "end refused, forbidden": """
Nothing was changed. The policy does not let you do this.
Rules: freeze, no-nights
Nobody can do it now. Ask whoever looks after the policy.
Request 7k3m-q2xd: done.
""",
    "impossible, too many workers": """
Nothing was changed: wordcount cannot have 11 workers.
2 to 10 are possible.
It has 2 workers now.
recorded as 7k3m-q2xd
""",
    "impossible, never set up": """
Nothing was changed: wordcount was never set up to run. It has no nrn (no role to run with), and without one the API \
saves no settings.
Set it up in the console, then ask again.
recorded as 7k3m-q2xd
""",
    "refused scale": """
Not allowed: you may not change wordcount. Nothing was changed.
No rule of the policy permits it. Ask somebody who may, or whoever looks after the policy.
recorded as 7k3m-q2xd
""",
    "busy": """
Nothing was changed: another change of wordcount is under way.
<@U0KIM> asked for workers 2 → 4, 2026-11-23 03:04 UTC.
Request 7k3m-q2xd: not known yet.
Wait for its end, or talk to them.
""",
    "usage unknown_word": """
Nothing was changed. wrokers is not a word I know.
Did you mean workers?
Type: /dataflow scale JOB [workers=N] [timeout=T] [for T] [because TEXT]
""",
    "trouble 9, ClockSkewed": """
That did not work. The Data Flow API did not accept the time of the request: Sluice's clock is 12 min ahead of the \
API's, and 5 min are the most.
Nothing was changed. Whoever looks after Sluice should check its clock.
The API said: HTTP 401 · 200
error 4t8n-c2vy, also in the log
""",
    "status": """
wordcount · RUNNABLE (can be run)
2 workers, timeout 360 min (6 h).
The run under way stays at 2 workers. A change now reaches the next run.
Runs, newest first
RUNNING · 2 workers · 2026-11-23 02:12 UTC · running for 52 min
FAILED · 1 worker · 2026-11-22 02:04 UTC · took 12 min
COMPLETED · 2 workers · 2026-11-21 02:04 UTC · took 2 h 2 min
Counts the words of yesterday's searches.
Pipeline  Object Storage (source) + orders (MySQL source) → Orders and clicks (join) → Filters → Object Storage (target)
job id Wc7RtQ2mLx9B · DATAFLOW · edited 2026-11-20 08:24 UTC · read 2026-11-23 03:04 UTC
""",
    "list": """
3 jobs
wordcount · RUNNABLE · last run COMPLETED
clickstream-sessionize · RUNNABLE · last run FAILED
inventory-snapshot · DRAFT · last run not listed
""",
    "asked already, done": """
Nothing was changed now. You asked for the same step just before: wordcount workers 2 → 4, request 7k3m-q2xd, done.
It has 4 workers, timeout 360 min (6 h) now.
If you want more, write the number: workers=6.
""",
    "why, two": """
Needs 2 approvals, by different people: wordcount workers 2 → 4 and timeout 360 → 720 min (12 h).
Rules: two, never-alone
Straight away you may have up to 1 worker.
Straight away it would be allowed in <#C0DATA>.
Who can approve could not be found out just now.
""",
    "why, denied": """
You may not change this, even with an approval: wordcount workers 2 → 4.
No rule of the policy permits it.
""",
    "why, impossible": """
Not possible, whatever the policy says.
Nothing was changed: wordcount cannot have 11 workers.
2 to 10 are possible.
It has 2 workers now.
Straight away you may have up to 6 workers.
""",
    "why, set up never": """
Not possible, whatever the policy says.
Nothing was changed: wordcount was never set up to run. It has no nrn (no role to run with), and without one the API \
saves no settings.
Set it up in the console, then ask again.
""",
    "why, emergency, no reason": """
Allowed straight away: wordcount workers 2 → 4.
Give a reason: break-glass is refused without because TEXT.
Rule: oncall-with-approval
""",
    "why, emergency, one": """
Not allowed as break-glass: wordcount workers 2 → 4.
Without it: needs 1 approval.
Rule: oncall-with-approval
As break-glass you may have up to 8 workers.
Can approve now: <@U0LEE>.
""",
    "why, emergency, not needed": """
Not allowed as break-glass: wordcount workers 2 → 4.
Without it: allowed straight away.
Rule: oncall-with-approval
""",
    "why, emergency, denied": """
You may not change this, even with an approval: wordcount workers 2 → 4.
No rule of the policy permits it.
""",
    "end, undone, workers": """
Put back: wordcount has its former values again, after workers 2 → 4 and timeout 360 → 720 min (12 h).
Put back because <@U0LEE> wanted it so.
Read back: 2 workers.
The other setting belongs to a later change, which puts it back when it ends.
Asked by <@U0KIM>, because: backlog
request 7k3m-q2xd · decided by oncall-small · 2026-11-23 03:04 UTC
""",
    "end, tried again, undone": """
Not put back: wordcount workers 2 → 4. The former values were not written.
<@U0LEE> wants it put back.
The Data Flow API has had too many requests.
Read back, it has 4 workers, timeout 360 min (6 h).
It was tried 6 times and is not tried again. /dataflow undo 7k3m-q2xd tries once more.
Asked by <@U0KIM>, because: backlog
request 7k3m-q2xd · decided by oncall-small · 2026-11-23 03:04 UTC
""",
    "undo, undone before": """
Nothing was changed. This was put back already.
Request 7k3m-q2xd: put back.
""",
    "card, break-glass": """
Done: wordcount workers 2 → 4.
🚨 Break-glass: nobody was asked for an approval.
For 1 h: will be put back 2026-11-23 04:04 UTC.
Read back: the job has these values, and every other setting is as it was.
Asked by <@U0KIM>, because: backlog
A lead must look at it and press Reviewed, by 2026-11-24 03:04 UTC.
request 7k3m-q2xd · decided by oncall-small · 2026-11-23 03:04 UTC
""",
    "review refused, own": """
Not reviewed. This is your own request: somebody else must review it.
Request 7k3m-q2xd: done.
""",
    "review refused": """
Not reviewed. The policy does not let you review this. Who may approve such a change may review it.
Request 7k3m-q2xd: done.
""",
    "refused emergency": """
Not allowed as break-glass: wordcount stays as it is. Nothing was changed.
No rule lets you have this without an approval. /dataflow why scale JOB … says whether you may have it with one.
recorded as 7k3m-q2xd
""",
    "refused emergency, forbidden": """
Not allowed as break-glass: wordcount stays as it is. Nothing was changed.
The policy forbids it (no-freeze). Ask whoever looks after the policy.
recorded as 7k3m-q2xd
""",
    "usage about break-glass": """
Nothing was changed. Which job? Its name or id comes right after scale.
Type: /dataflow break-glass scale JOB [workers=N] [timeout=T] [for T] because TEXT
""",
    "usage about status": """
Nothing was changed. Which job? Its name or id comes right after status.
Type: /dataflow status JOB
""",
    "list, nothing found": """
No job that you may look at has xyz in its name or id. /dataflow list shows them all.
""",
    "history, between": """
Nothing is recorded about wordcount in that time. Without a time: /dataflow history wordcount
From 2026-11-21 01:04 UTC to 2026-11-23 02:04 UTC. Days are counted in UTC.
""",
    "history, nothing": """
Nothing is recorded about wordcount.
""",
    "usage, one of three": """
Nothing was changed. x is not a word I know.
Did you mean a, b or c?
Type: /dataflow help
""",
    "card, nobody can": """
Approval needed: wordcount workers 2 → 4 and timeout 360 → 720 min (12 h).
For 2 h, counted from when it is applied.
Size: workers +2, timeout +360 min
Asked by <@U0KIM>, because: backlog
Approved by <@U0LEE>: 1 of 2.
Needs 1 more approval.
Nobody can approve this now. Ask whoever looks after the policy.
Expires 2026-11-23 03:34 UTC.
request 7k3m-q2xd · rule oncall-small · 2026-11-23 03:04 UTC
""",
    "card, denied, two rules": """
Denied: wordcount workers 2 → 4. Nothing was changed.
Asked by <@U0KIM>, because: backlog
Denied by <@U0LEE>, because: freeze until Monday
request 7k3m-q2xd · rules two, never-alone · 2026-11-23 03:04 UTC
""",
    "end, not yet": """
Done: wordcount workers 2 → 4.
For 2 h: will be put back 2026-11-23 05:04 UTC.
Earlier: /dataflow undo 7k3m-q2xd
Read back: the job has these values, and every other setting is as it was.
Asked by <@U0KIM>, because: backlog
request 7k3m-q2xd · decided by oncall-small · 2026-11-23 03:04 UTC
""",
    "end, near": """
Done: wordcount workers 2 → 4.
For 2 h: will be put back 2026-11-23 05:04 UTC.
Read back: the job has these values, and every other setting is as it was.
Asked by <@U0KIM>, because: backlog
request 7k3m-q2xd · decided by oncall-small · 2026-11-23 03:04 UTC
""",
    "end, extended": """
Done: wordcount workers 2 → 4.
For 3 h, last extended by <@U0LEE>: will be put back 2026-11-23 06:04 UTC.
Earlier: /dataflow undo 7k3m-q2xd
Read back: the job has these values, and every other setting is as it was.
Asked by <@U0KIM>, because: backlog
request 7k3m-q2xd · decided by oncall-small · 2026-11-23 03:04 UTC
""",
    "undo, moved": """
Nothing was changed. The job does not have the values that this request set.
It has 4 workers, timeout 360 min (6 h) now.
To have it as before anyway: /dataflow scale wordcount workers=2
Request 7k3m-q2xd: done.
""",
    "undo, moved, both": """
Nothing was changed. The job does not have the values that this request set.
It has 4 workers, timeout 360 min (6 h) now.
To have it as before anyway: /dataflow scale wordcount workers=2
Request 7k3m-q2xd: done.
""",
    "undo, moved back": """
Nothing was changed. The job does not have the values that this request set.
It has 2 workers, timeout 360 min (6 h) now.
Request 7k3m-q2xd: done.
""",
    "impossible, deleted": """
Nothing was changed: wordcount is DELETED, and such a job cannot be changed.
/dataflow list shows each job with its status.
recorded as 7k3m-q2xd
""",
    "requests": """
Open requests
about to start · wordcount workers 2 → 4
<@U0KIM> · 2026-11-23 03:04 UTC · 7k3m-q2xd
not known yet · wordcount workers 2 → 4 and timeout 360 → 720 min (12 h)
<@U0KIM> · 2026-11-23 03:04 UTC · 2m9p-x4tb
until 2026-11-23 05:04 UTC · wordcount workers 2 → 4
<@U0KIM> · 2026-11-23 03:04 UTC · 4q7n-m3xp
not put back yet, next try 2026-11-23 03:08 UTC · wordcount workers 2 → 4
<@U0KIM> · 2026-11-23 03:04 UTC · 4q7n-m3xp
until 2026-11-23 05:04 UTC, waiting for review · wordcount workers 2 → 4
<@U0KIM> · 2026-11-23 03:04 UTC · 4q7n-m3xp
until 2026-11-23 05:04 UTC · wordcount workers 2 → 4
<@U0KIM> · 2026-11-23 03:04 UTC · 4q7n-m3xp
kept by <@U0LEE>, waiting for review · wordcount workers 2 → 4
<@U0KIM> · 2026-11-23 03:04 UTC · 4q7n-m3xp
not put back, waiting for review · wordcount workers 2 → 4
<@U0KIM> · 2026-11-23 03:04 UTC · 4q7n-m3xp
not known yet · wordcount workers 2 → 4
<@U0KIM> · 2026-11-23 03:04 UTC · 4q7n-m3xp
""",
}


@pytest.mark.parametrize("name", READ)
def test_it_reads(say: Voice, name: str) -> None:
    """The words as they are told, without their formatting."""
    message = render(say, EVERYTHING[name])
    assert message is not None
    assert message.text.replace(SPACE, " ") == READ[name].strip()


def test_a_history_has_who_what_why_before_after_and_when(say: Voice) -> None:
    """An entry for each request: what became of it first, its reason and the others' part in it below."""
    message = render(say, EVERYTHING["history"])
    assert message is not None
    told = message.text.replace(SPACE, " ").splitlines()
    assert told[:5] == [
        "History of wordcount",
        "applied · workers 2 → 4 · <@U0KIM> · 2026-11-23 03:01 UTC · 7k3m-q2xd",
        "because: backlog since 3am",
        "refused · workers 2 → 4 · <@U0PARK> · 2026-11-23 02:44 UTC · 2m9p-x4tb",
        "because: please",
    ]
    of_emergency = told.index("applied · workers 2 → 4 · <@U0KIM> · 2026-11-23 02:57 UTC · 2b6t-w9kc")
    assert told[of_emergency + 1 : of_emergency + 4] == [
        "because: production is down",
        "break-glass, nobody asked for an approval, by <@U0KIM>",
        "reviewed by <@U0LEE>",
    ]


def test_a_job_without_runs_says_what_the_job_itself_says_of_its_last(say: Voice) -> None:
    """The runs could not be read: the last one's end is known all the same."""
    message = render(say, EVERYTHING["status, runs not read"])
    assert message is not None
    assert "Last run: COMPLETED · 2026-11-23 01:34 UTC\nThe runs could not be read just now." in message.text
