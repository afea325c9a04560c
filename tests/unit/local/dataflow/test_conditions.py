"""What becomes of a job's settings: what is refused, replaced (G2) and merged (G3)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.dataflow.conditions import Generation, settings_after
from infra.local.dataflow.refusals import RefusedError

STORED = {
    "workerType": "DATAFLOW",
    "numWorker": 4,
    "timeout": 2880,
    "nrn": "",
    "scriptPath": "bucket/scripts/",
    "logPath": "bucket/logs/",
}
REQUIRED = {"nrn": "", "scriptPath": "bucket/scripts/", "logPath": "bucket/logs/"}


@pytest.mark.parametrize("generation", ["G2", "G3"])
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"numWorker": 2},
        {"numWorker": 10},
        {"timeout": 1},
        {"timeout": 1440},
        {"nrn": "nrn:PUB:IAM::1:Role/x"},
        {"scriptPath": "elsewhere/"},
        {"parameters": {"day": "today"}},
        {"parameters": {}},
    ],
)
def test_values_that_pass(generation: Generation, change: dict[str, Any]) -> None:
    """Everything sent back with one value changed inside its range is stored as sent."""
    sent = {**STORED, **change}
    if generation == "G3":
        del sent["workerType"]
    assert {**STORED, **sent} == settings_after(sent, STORED, generation)


@pytest.mark.parametrize("generation", ["G2", "G3"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("numWorker", 1),
        ("numWorker", 0),
        ("numWorker", -3),
        ("numWorker", 11),
        ("numWorker", 10**9),
        ("numWorker", "4"),
        ("numWorker", 4.0),
        ("numWorker", True),
        ("numWorker", None),
        ("timeout", 0),
        ("timeout", -1),
        ("timeout", 1441),
        ("timeout", 2881),
        ("timeout", "2880"),
        ("timeout", True),
        ("nrn", None),
        ("nrn", 5),
        ("scriptPath", ""),
        ("logPath", []),
        ("workerType", "HUGE"),
        ("workerType", None),
        ("parameters", []),
        ("parameters", {"day": 1}),
    ],
)
def test_values_that_are_refused(generation: Generation, name: str, value: Any) -> None:
    """A value outside its range or of another type than documented is a bad-parameter that names the field."""
    with pytest.raises(RefusedError, match=rf"^400 bad-parameter: jobCondition\.{name} must be "):
        settings_after({**STORED, name: value}, STORED, generation)


@pytest.mark.parametrize("name", ["nrn", "scriptPath", "logPath"])
def test_g2_requires_three_fields(name: str) -> None:
    """In G2 a request without nrn, scriptPath or logPath is refused; in G3 the stored value stays."""
    sent = {key: value for key, value in STORED.items() if key not in (name, "workerType")}
    with pytest.raises(RefusedError, match=rf"^400 bad-parameter: jobCondition\.{name} is required"):
        settings_after(sent, STORED, "G2")
    assert settings_after(sent, STORED, "G3") == STORED


def test_an_empty_nrn_passes_only_where_it_is_stored() -> None:
    """An empty nrn is accepted when it equals the stored one, and refused when another or none is stored."""
    assert settings_after(STORED, STORED, "G2") == STORED
    without = {key: value for key, value in STORED.items() if key != "nrn"}
    for stored in (without, {**STORED, "nrn": "nrn:PUB:IAM::1:Role/x"}):
        with pytest.raises(RefusedError, match="nrn must be a string that is not empty"):
            settings_after(STORED, stored, "G2")


def test_g2_replaces() -> None:
    """In G2 an omitted optional field falls back to its documented default."""
    after = settings_after(REQUIRED, STORED, "G2")
    assert after == {"workerType": "DEFAULT", "numWorker": 2, "timeout": 360, **REQUIRED}


def test_g2_loses_what_the_client_does_not_send_back() -> None:
    """A field that nobody documents is taken as sent, and kept in G2 only when the client sends it back."""
    stored = {**STORED, "sparkConf": {"a": 1}}
    assert "sparkConf" not in settings_after(STORED, stored, "G2")
    assert settings_after(stored, stored, "G2") == stored
    changed = {**stored, "sparkConf": {"a": 2}}
    assert settings_after(changed, stored, "G2") == changed


def test_g3_merges() -> None:
    """In G3 one field changes and all others keep their values; a workerType that is sent is ignored."""
    assert settings_after({"numWorker": 8}, STORED, "G3") == {**STORED, "numWorker": 8}
    assert settings_after({"workerType": "DEFAULT"}, STORED, "G3") == STORED
    assert settings_after({}, STORED, "G3") == STORED


@pytest.mark.parametrize("generation", ["G2", "G3"])
@pytest.mark.parametrize("sent", [None, [], "x", 4])
def test_job_condition_is_required(generation: Generation, sent: object) -> None:
    """A body without an object under jobCondition is a bad-parameter."""
    with pytest.raises(RefusedError, match=r"^400 bad-parameter: jobCondition is required"):
        settings_after(sent, STORED, generation)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANY_JSON = st.recursive(SCALARS, lambda each: st.lists(each) | st.dictionaries(st.text(), each), max_leaves=5)


@settings(deadline=None)
@given(generation=st.sampled_from(["G2", "G3"]), changes=st.dictionaries(st.sampled_from([*STORED, "other"]), ANY_JSON))
def test_any_json_is_stored_or_refused(generation: Generation, changes: dict[str, Any]) -> None:
    """Whatever JSON is sent, numbers that are stored are in range or were there before, or all of it is refused."""
    try:
        after = settings_after({**STORED, **changes}, STORED, generation)
    except RefusedError as refusal:
        assert refusal.row.code == "bad-parameter"  # noqa: PT017 - either outcome is right, each with its own rule
        return
    assert after["numWorker"] in range(2, 11)
    assert after["timeout"] in (2880, *range(1, 1441))
    assert "" not in (after["scriptPath"], after["logPath"])
