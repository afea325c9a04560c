"""The state behind the simulator: jobs, executions, what was received and applied. The clock is an argument."""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from infra.local.dataflow.catalogue import load, stamp
from infra.local.dataflow.conditions import Generation
from infra.local.dataflow.faults import Faults
from infra.local.dataflow.refusals import ErrorShape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.local.dataflow.catalogue import JsonObject

PLAYGROUND_ACCESS_KEY = "playground-access"
PLAYGROUND_SECRET_KEY = "playground-secret"
LOG_LENGTH = 1000

Echo = Literal["applied", "documented"]
Count = Literal["total", "page"]
SettingsKey = Literal["runCondition", "jobCondition"]


@dataclass(frozen=True)
class Options:
    """Where the documentation leaves several services possible, which of them this is.

    generation: G2, the seed documents, or G3, the pages of autumn 2026. echo: a PUT answers with the job after the
    change or, as the documented example does, before it. count: what `count` in a list means. error_shape: how Data
    Flow's own refusals look. settings_key: the name under which settings are read; G3's is not known. refused_states:
    the statuses in which a change is answered with bad-state; only DELETED is certain.
    """

    generation: Generation = "G2"
    echo: Echo = "applied"
    count: Count = "total"
    error_shape: ErrorShape = "error"
    settings_key: SettingsKey = "runCondition"
    refused_states: tuple[str, ...] = ("DELETED",)

    def changed(self, told: Mapping[str, Any]) -> Options:
        """Return these options with some replaced.

        Raises:
            ValueError: an unknown option, or a value it cannot have.
        """
        merged: dict[str, Any] = {**vars(self), **told}
        for name, values in CHOICES.items():
            if merged[name] not in values:
                raise ValueError(f"{name} must be one of {', '.join(values)}")
        if set(merged) != set(vars(self)):
            raise ValueError(f"the options are {', '.join(vars(self))}")
        if not isinstance(merged["refused_states"], list | tuple):
            raise ValueError("refused_states must be a list of job statuses")  # noqa: TRY004 - one error for all of it
        merged["refused_states"] = tuple(merged["refused_states"])
        return Options(**merged)


CHOICES: dict[str, tuple[str, ...]] = {
    "generation": get_args(Generation),
    "echo": get_args(Echo),
    "count": get_args(Count),
    "error_shape": get_args(ErrorShape),
    "settings_key": get_args(SettingsKey),
}


@dataclass(frozen=True)
class Put:
    """A change of settings that was applied: when, to which job, what was sent, the settings before and after."""

    at: str
    job_id: str
    sent: JsonObject
    before: JsonObject
    after: JsonObject


@dataclass
class Received:
    """A request as it arrived, without its headers. `status` stays None when it was never answered."""

    at: str
    method: str
    path: str
    body: Any
    status: int | None = None
    faults: list[str] = field(default_factory=list)


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


class World:
    """One account's Data Flow. `clock` gives aware datetimes; the jobs are dated from its first reading."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = utc_now,
        options: Options | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        self.clock = clock
        self.keys = dict(keys or {PLAYGROUND_ACCESS_KEY: PLAYGROUND_SECRET_KEY})
        self._options_at_start = options or Options()
        self.reset()

    def reset(self) -> None:
        """Return to the state at the start, with dates relative to now."""
        self.options = self._options_at_start
        self.jobs, self.executions = load(self.clock())
        self.faults = Faults()
        self.log: deque[Received] = deque(maxlen=LOG_LENGTH)
        self.puts: list[Put] = []
        self.runs: list[JsonObject] = []

    def job(self, job_id: str) -> JsonObject:
        """Return a copy of a job as stored: always with `runCondition`, whatever the options show.

        Raises:
            KeyError: no such job.
        """
        return deepcopy(self.jobs[job_id])

    def change_job(self, job_id: str, patch: Mapping[str, Any]) -> JsonObject:
        """Change a job as somebody in the console would, by a JSON merge patch (RFC 7396): null removes a field.

        Raises:
            KeyError: no such job.
        """
        changed = {"updatedDate": stamp(self.clock()), **patch}
        self.jobs[job_id] = _patched(self.jobs[job_id], changed)
        return self.job(job_id)


def _patched(target: Any, patch: Any) -> Any:  # noqa: ANN401 - both are any JSON
    if not isinstance(patch, dict):
        return deepcopy(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _patched(result.get(key), value)
    return result
