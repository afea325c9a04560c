"""What ``settings.toml`` may say, and what is refused by name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from handler.adapters.policy.settings_file import BreakGlass, Escalate, LimitsTable, Price, parse_settings
from handler.domain.errors import PolicyInvalid

WHOLE = """
[groups]
oncall = "S0ONCALL"
leads = ["U0LEE", "W0HAN"]
nobody = []

[approvals]
channel = "C0INCIDENT"
expires = "1h30m"
remind = "15m"

[approvals.escalate]
after = "1h"
to = "leads"

[limits]
workers = [2, 10]
timeout = [1, 1440]

[break_glass]
review_within = "1d"
max_for = "2h"

[audit]
channel = "C0AUDIT"

[price]
worker_hour = 0.35
currency = "USD"
"""

GROUP_IS = 'must be a Slack user group id ("S...") or a list of user ids (["U...", "W..."]).'
DURATION_IS = 'must be a duration such as "30m", "2h", "1h30m" or "1d", and longer than nothing.'
NOT_A_NAME = 'must be a channel id ("C..."), not a name; Slack shows it below the channel\'s details.'
NO_SUCH_GROUP = 'names "leeds", which is no group of [groups] and no Slack id; did you mean leads?'


def problems_of(text: str) -> tuple[str, ...]:
    """Return what is wrong with a text."""
    with pytest.raises(PolicyInvalid) as caught:
        parse_settings(text)
    return caught.value.problems


def test_every_setting_of_the_contract_is_read() -> None:
    """Groups, approvals, limits, break-glass and price come out as values, durations and exact money."""
    settings = parse_settings(WHOLE)

    assert dict(settings.groups) == {"oncall": "S0ONCALL", "leads": ("U0LEE", "W0HAN"), "nobody": ()}
    assert settings.approvals.channel == "C0INCIDENT"
    assert (settings.approvals.expires, settings.approvals.remind) == (timedelta(minutes=90), timedelta(minutes=15))
    assert settings.approvals.escalate == Escalate(after=timedelta(hours=1), to="leads")
    assert settings.limits == LimitsTable(workers=(2, 10), timeout=(1, 1440))
    assert settings.break_glass == BreakGlass(review_within=timedelta(days=1), max_for=timedelta(hours=2))
    assert settings.audit.channel == "C0AUDIT"
    assert settings.price == Price(worker_hour=Decimal("0.35"), currency="USD")


def test_what_is_left_out_has_a_default() -> None:
    """An empty file means no groups, the API's documented bounds, and a request that lives for half an hour."""
    settings = parse_settings("")

    assert settings.groups == {}
    assert (settings.limits.workers, settings.limits.timeout) == ((2, 10), (1, 1440))
    assert (settings.approvals.expires, settings.approvals.channel) == (timedelta(minutes=30), None)
    assert (settings.approvals.escalate, settings.audit.channel, settings.price) == (None, None, None)


@pytest.mark.parametrize(("text", "minutes"), [("", 10), ('expires = "5m"', 2.5), ('remind = "1m"', 1)])
def test_unless_told_otherwise_people_are_reminded_after_ten_minutes_or_half_way(text: str, minutes: float) -> None:
    """A short life of a request is no contradiction to a reminder that nobody has asked for."""
    assert parse_settings(f"[approvals]\n{text}").approvals.reminded_after == timedelta(minutes=minutes)


def test_an_empty_channel_is_none() -> None:
    """As where the variable APPROVALS_CHANNEL is empty."""
    settings = parse_settings('[approvals]\nchannel = ""\n[audit]\nchannel = ""')
    assert (settings.approvals.channel, settings.audit.channel) == (None, None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("1h30m", timedelta(minutes=90)),
        ("1d", timedelta(days=1)),
        ("1d2h3m", timedelta(days=1, hours=2, minutes=3)),
        ("999d", timedelta(days=999)),
        ("20s", timedelta(seconds=20)),
        ("1m30s", timedelta(seconds=90)),
    ],
)
def test_durations_are_read_as_people_write_them(written: str, meant: timedelta) -> None:
    """Days, hours, minutes and seconds, alone or together in that order."""
    assert meant == parse_settings(f'[break_glass]\nreview_within = "{written}"').break_glass.review_within


@pytest.mark.parametrize(
    "written",
    [
        '""',
        '"0m"',
        '"0d0h"',
        '"30"',
        '"0s"',
        '"m"',
        '"5s1m"',
        '"30m1h"',
        '" 30m"',
        '"-5m"',
        '"٣m"',
        '"9999999m"',
        "30",
        "[]",
    ],
)
def test_what_is_no_duration_is_refused(written: str) -> None:
    """A length of time without a unit, of nothing, or in other words is refused with an example of a good one."""
    problem = f"settings.toml: break_glass.max_for {DURATION_IS}"

    assert problems_of(f"[break_glass]\nmax_for = {written}") == (problem,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[limit]\n", "settings.toml: limit is not a setting; did you mean limits?"),
        (
            '[approvals]\nexpire = "1h"',
            "settings.toml: approvals.expire is not a setting; did you mean approvals.expires?",
        ),
        (
            '[approvals.escalate]\nafter = "5m"\nto = "S0LEADS"\nwho = 1',
            "settings.toml: approvals.escalate.who is not a setting; did you mean approvals.escalate.to?",
        ),
        ("zzz = 1", "settings.toml: zzz is not a setting."),
        (
            '[break_glass]\nmax_for = "59s"',
            "settings.toml: break_glass.max_for is under a minute, and the length of an emergency is in whole minutes.",
        ),
        ('[approvals.escalate]\nafter = "5m"', "settings.toml: approvals.escalate.to is missing."),
        ("[limits]\nworkers = [10, 2]", "settings.toml: limits.workers has a least, 10, above its most, 2."),
        (
            "[limits]\nworkers = [0, 10]",
            "settings.toml: limits.workers begins with 0, but the least that may be written is 1 or more.",
        ),
        (
            "[limits]\ntimeout = [-5, 10]",
            "settings.toml: limits.timeout begins with -5, but the least that may be written is 1 or more.",
        ),
        (
            "[limits]\nworkers = [2]",
            "settings.toml: limits.workers must be two whole numbers, the least and the most, such as [2, 10].",
        ),
        (
            "[limits]\nworkers = [true, 10]",
            "settings.toml: limits.workers must be two whole numbers, the least and the most, such as [2, 10].",
        ),
        (
            '[limits]\nworkers = "2-10"',
            "settings.toml: limits.workers must be two whole numbers, the least and the most, such as [2, 10].",
        ),
        (
            "limits = 3",
            "settings.toml: limits is not right: input should be a valid dictionary or instance of LimitsTable.",
        ),
        (
            '[groups]\noncall = "@oncall"',
            f"settings.toml: groups.oncall {GROUP_IS}",
        ),
        (
            '[groups]\noncall = ["U0KIM", "kim"]',
            f"settings.toml: groups.oncall {GROUP_IS}",
        ),
        (
            '[approvals]\nchannel = "#incident"',
            f"settings.toml: approvals.channel {NOT_A_NAME}",
        ),
        (
            '[audit]\nchannel = "#audit"',
            f"settings.toml: audit.channel {NOT_A_NAME}",
        ),
        (
            '[approvals]\nexpires = "10m"\nremind = "10m"',
            "settings.toml: approvals.remind is not before approvals.expires, so nobody would be reminded.",
        ),
        (
            '[approvals.escalate]\nafter = "30m"\nto = "U0LEE"',
            "settings.toml: approvals.escalate.after is not before approvals.expires, so it would never be escalated.",
        ),
        (
            '[groups]\nleads = "S0LEADS"\n[approvals.escalate]\nafter = "5m"\nto = "leeds"',
            f"settings.toml: approvals.escalate.to {NO_SUCH_GROUP}",
        ),
        (
            '[price]\nworker_hour = -1\ncurrency = "USD"',
            "settings.toml: price.worker_hour is not right: input should be greater than or equal to 0.",
        ),
        (
            '[price]\nworker_hour = 1\ncurrency = "$"',
            "settings.toml: price.currency is not right: string should match pattern '^[A-Z]{3}$'.",
        ),
        ("a = [[[", "settings.toml is not TOML: Invalid value (at end of document)."),
        ("[groups]\n[groups]", "settings.toml is not TOML: Cannot declare ('groups',) twice (at line 2, column 8)."),
        ("a = " + "[" * 5000, "settings.toml is nested too deeply to be read."),
    ],
)
def test_one_mistake_is_one_sentence(text: str, expected: str) -> None:
    """A mistake is told with the file, the whole name of the key, and what may have been meant."""
    assert problems_of(text) == (expected,)


def test_every_mistake_is_told_at_once() -> None:
    """Three mistakes in three tables are three sentences."""
    assert len(problems_of("[limits]\nworkers = [9, 2]\n[break_glass]\nmax = 1\n[approvals]\nremind = 5")) == 3


def test_settings_do_not_change() -> None:
    """What was loaded stays what it is, the groups too."""
    settings = parse_settings(WHOLE)

    with pytest.raises(ValidationError, match="frozen"):
        settings.limits = LimitsTable(workers=(1, 99))
    with pytest.raises(TypeError):
        settings.groups["oncall"] = "S0OTHER"  # type: ignore[index]  # the type forbids it as well


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_text_raises_anything_but_the_problem(text: str) -> None:
    """Any text either is settings or is refused with sentences."""
    problems: tuple[str, ...] = ()
    try:
        parse_settings(text)
    except PolicyInvalid as invalid:
        problems = invalid.problems

    assert all(problem.startswith("settings.toml") for problem in problems)
