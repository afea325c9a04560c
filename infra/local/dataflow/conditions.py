"""What becomes of a job's settings when `jobCondition` is sent: checked, then replaced (G2) or merged (G3).

Sources: https://api.ncloud-docs.com/docs/en/analytics-dataflow-updatejobexecuteconfig as it was until September 2026
(G2: nrn, scriptPath and logPath required, the rest optional with defaults) and its Japanese .md successor (G3: an
omitted field keeps its value, numWorker 2-10, timeout 1-1440, no workerType, `parameters` new). G2 states no range for
numWorker and lets timeout begin at 0; G1 and G3 agree on the ranges here. That an omitted optional field falls back to
its default in G2 is the harsher of two readings: it shows a client that forgets one. A value equal to the stored one
always passes: the documents' own example stores a timeout of 2880 and an empty nrn, and could otherwise not be changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from infra.local.dataflow.refusals import BAD_PARAMETER, RefusedError

if TYPE_CHECKING:
    from infra.local.dataflow.catalogue import JsonObject

Generation = Literal["G2", "G3"]

DEFAULTS = {"workerType": "DEFAULT", "numWorker": 2, "timeout": 360}
RANGES = {"numWorker": (2, 10), "timeout": (1, 1440)}
REQUIRED = ("nrn", "scriptPath", "logPath")
WORKER_TYPES = ("DEFAULT", "DATAFLOW")


def settings_after(sent: object, stored: JsonObject, generation: Generation) -> JsonObject:
    """Return the settings a job has after `sent` arrived as its jobCondition.

    Raises:
        RefusedError: 400 bad-parameter, naming the field.
    """
    if not isinstance(sent, dict):
        raise RefusedError(BAD_PARAMETER, "jobCondition is required and must be an object.")
    if generation == "G2":
        for name in REQUIRED:
            if name not in sent:
                raise RefusedError(BAD_PARAMETER, f"jobCondition.{name} is required.")
    for name, value in sent.items():
        _check(name, value, stored)
    if generation == "G2":
        return {**DEFAULTS, **sent}
    kept = {name: value for name, value in sent.items() if name != "workerType"}
    return {**stored, **kept}


def _check(name: str, value: Any, stored: JsonObject) -> None:  # noqa: ANN401 - any JSON may have been sent
    if name in stored and type(value) is type(stored[name]) and value == stored[name]:
        return
    match name:
        case "numWorker" | "timeout":
            low, high = RANGES[name]
            # bool is a kind of int to Python and a different type to JSON
            fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
            wanted = f"an integer from {low} to {high}"
        case "nrn" | "scriptPath" | "logPath":
            fits = isinstance(value, str) and value != ""
            wanted = "a string that is not empty"
        case "workerType":
            fits = value in WORKER_TYPES
            wanted = " or ".join(WORKER_TYPES)
        case "parameters":
            fits = isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
            wanted = "an object of strings"
        case _:
            return
    if not fits:
        raise RefusedError(BAD_PARAMETER, f"jobCondition.{name} must be {wanted}.")
