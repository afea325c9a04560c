"""The script's policy is the shipped one but for its times."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from handler.adapters.policy.settings_file import parse_settings
from infra.local.script.circumstances import TIMES
from infra.local.short_times import policy_with, with_times
from infra.package.errors import BuildError

SHIPPED = Path(__file__).resolve().parents[3] / "infra" / "policy"


def test_the_shipped_policy_takes_the_scripts_times() -> None:
    """Requests end after 36 seconds, all else is as shipped, and the copy goes when it is not needed."""
    with policy_with(TIMES, SHIPPED) as folder:
        short = parse_settings((folder / "settings.toml").read_text(encoding="utf-8"))
        rules = (folder / "policy.cedar").read_bytes()
    shipped = parse_settings((SHIPPED / "settings.toml").read_text(encoding="utf-8"))
    assert (short.approvals.expires, short.break_glass.review_within) == (timedelta(seconds=36), timedelta(seconds=3))
    assert (shipped.groups, shipped.limits, shipped.break_glass.max_for) == (
        short.groups,
        short.limits,
        short.break_glass.max_for,
    )
    assert (SHIPPED / "policy.cedar").read_bytes() == rules
    assert not folder.exists()


def test_only_the_value_is_replaced() -> None:
    """Comments, other keys and lines that only begin alike stay."""
    text = 'expires = "30m"  # half an hour\nexpires_not = "1h"\n# expires = "2h"\n'
    assert with_times(text, {"expires": "20s"}) == text.replace('"30m"', '"20s"')


@pytest.mark.parametrize("settings", ["", 'expires = "1m"\nexpires = "2m"\n'], ids=["not there", "twice"])
def test_a_time_that_is_not_there_once_stops_the_start(settings: str) -> None:
    """The playground must not run with other times than the script waits for."""
    with pytest.raises(BuildError, match="expires"):
        with_times(settings, {"expires": "20s"})
