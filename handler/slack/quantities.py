"""Numbers, spans of time and settings, in people's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from handler.domain.model import TIMEOUT, WORKERS
from handler.slack.mrkdwn import LONGEST_WORD, Mrkdwn, bare, code, escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handler.domain.model import FieldDifference
    from handler.slack.voice import Voice

MINUTES_IN_HOUR: Final = 60
MINUTES_IN_DAY: Final = 24 * 60
MOST_FIELDS: Final = 8
_TYPEABLE: Final = re.compile(r"[\w.-]+", re.ASCII)


def workers(say: Voice, number: int | None) -> Mrkdwn:
    """Say a number of workers: ``1 worker``, ``4 workers``."""
    if number is None:
        return say("amount.workers_unsaid")
    return say("amount.worker") if number == 1 else say("amount.workers", number=_short(number))


def timeout(say: Voice, minutes: int | None) -> Mrkdwn:
    """Say a timeout as the API counts it, and as people do: ``2880 min (48 h = 2 days)``."""
    if minutes is None:
        return say("amount.unsaid")
    exact = say("amount.minutes", minutes=_short(minutes))
    return say("amount.also", exact=exact, rounder=_rounder(say, minutes)) if minutes >= MINUTES_IN_HOUR else exact


def _rounder(say: Voice, minutes: int) -> Mrkdwn:
    hours = _parts(say, 0, *divmod(minutes, MINUTES_IN_HOUR))
    if minutes < MINUTES_IN_DAY:
        return hours
    return say("amount.same", one=hours, other=lasting(say, minutes))


def lasting(say: Voice, minutes: int) -> Mrkdwn:
    """Say how long something takes: ``52 min``, ``2 h 2 min``, ``2 days 3 h``."""
    days, rest = divmod(minutes, MINUTES_IN_DAY)
    return _parts(say, days, *divmod(rest, MINUTES_IN_HOUR))


def _parts(say: Voice, days: int, hours: int, minutes: int) -> Mrkdwn:
    said = []
    if days:
        said.append(say("amount.day") if days == 1 else say("amount.days", days=_short(days)))
    if hours:
        said.append(say("amount.hours", hours=_short(hours)))
    if minutes or not said:
        said.append(say("amount.minutes", minutes=minutes))
    return Mrkdwn(" ".join(said))


def difference(say: Voice, before: Mapping[str, object], after: Mapping[str, object]) -> Mrkdwn:
    """Say how workers and timeout differ: ``workers 2 → 4 and timeout 60 → 90 min``; empty when they do not."""
    said = []
    if before.get(WORKERS) != after.get(WORKERS):
        said.append(say("change.workers", before=_value(say, before, WORKERS), after=_value(say, after, WORKERS)))
    if before.get(TIMEOUT) != after.get(TIMEOUT):
        number = after.get(TIMEOUT)
        now = timeout(say, number) if isinstance(number, int) else _value(say, after, TIMEOUT)
        said.append(say("change.timeout", before=_value(say, before, TIMEOUT), after=now))
    return say("change.both", first=said[0], second=said[1]) if len(said) > 1 else Mrkdwn("".join(said))


def _value(say: Voice, values: Mapping[str, object], name: str) -> Mrkdwn:
    value = values.get(name)
    return say("amount.not_set") if value is None else escape(str(value), LONGEST_WORD)


def typed(values: Mapping[str, int]) -> Mrkdwn:
    """Write settings as one types them: ``workers=4 timeout=90``."""
    words = ((WORKERS, "workers"), (TIMEOUT, "timeout"))
    return bare(" ".join(f"{word}={values[name]}" for name, word in words if name in values))


def typed_job(name: str, job_id: str) -> Mrkdwn:
    """Write a job as one types it: by its name, or by its id where that cannot be typed as it stands."""
    return bare(name if _TYPEABLE.fullmatch(name) else job_id)


def drift(say: Voice, differences: Sequence[FieldDifference]) -> list[Mrkdwn]:
    """Say which settings are not as expected, a line for each, what people change first: ``• workers: 2 → 5``."""
    ordered = sorted(differences, key=lambda each: each.name not in {WORKERS, TIMEOUT})
    lines = [
        say(
            "change.drift",
            field=say.known("field", each.name) or code(each.name, LONGEST_WORD),
            before=_shown(say, each.expected),
            after=_shown(say, each.found),
        )
        for each in ordered[:MOST_FIELDS]
    ]
    more = len(differences) - MOST_FIELDS
    return [*lines, say("change.drift_more", count=more)] if more > 0 else lines


def _shown(say: Voice, value: object) -> Mrkdwn:
    if value is None:
        return say("amount.not_set")
    return code(str(value)) if isinstance(value, str) else escape(str(value), LONGEST_WORD)


def _short(number: int) -> Mrkdwn:
    return escape(str(number), LONGEST_WORD)
