"""``sluice audit export`` and ``tail``, called as an operator calls them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from handler.domain.audit import breaks, timestamp
from handler.domain.errors import LedgerUnavailable
from handler.domain.model import RequestId
from handler.entrypoints.audit_lines import COLUMNS, as_cells, as_json
from handler.entrypoints.audit_tail import follow
from handler.entrypoints.cli import main
from tests import makers
from tests.contract.ledgers import Dynamo
from tests.fakes.archive import FakeArchive
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import FakeLedger
from tests.unit.audit_tables import environ, recorded_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def tables() -> Iterator[Dynamo]:
    """Three recorded days on DynamoDB, which nobody changes, and an environment that finds them."""
    with pytest.MonkeyPatch.context() as monkeypatch, recorded_tables(monkeypatch) as made:
        yield made


def exported(tables: Dynamo, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    """Export as JSON Lines; return the facts."""
    assert main(["audit", "export", *words], environ(tables)) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def named(facts: list[dict[str, Any]]) -> list[str]:
    """Return the facts' names."""
    return [f"{fact['request_id']}#{fact['seq']}" for fact in facts]


def test_the_whole_record_round_trips(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """Every fact is there once, and every chain can be verified from what was exported."""
    chains: dict[str, list[dict[str, Any]]] = {}
    for fact in exported(tables, capsys):
        chains.setdefault(fact["request_id"], []).append(fact)

    assert sum(map(len, chains.values())) == 19
    for request_id, facts in chains.items():
        assert breaks(facts) == ()
        assert [dict(fact) for fact in tables.ledger.chain(RequestId(request_id))] == facts


FIRST_DAY = ["seals#1", *(f"aaaa-0001#{seq}" for seq in (1, 2, 3)), "rrrr-0001#1", "aaaa-0002#1", "aaaa-0002#2"]
SECOND_DAY = ["aaaa-0002#3", "aaaa-0002#4", "aaaa-0002#5", "seals#2", "aaaa-0003#1"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--day", "2026-11-20"], FIRST_DAY),
        (["--since", "2026-11-20", "--until", "2026-11-21"], [*FIRST_DAY, *SECOND_DAY]),
        (["--since", "2026-11-19", "--until", "2026-11-20"], FIRST_DAY),
        (["--job", "job-aaaa-0002"], [f"aaaa-0002#{seq}" for seq in (1, 2, 3, 4, 5)]),
        (["--job", "job-aaaa-0002", "--day", "2026-11-20"], ["aaaa-0002#1", "aaaa-0002#2"]),
        (["--job", "job-aaaa-0002", "--until", "2026-11-20"], ["aaaa-0002#1", "aaaa-0002#2"]),
        (["--job", "job-aaaa-0002", "--since", "2026-11-21"], [f"aaaa-0002#{seq}" for seq in (3, 4, 5)]),
        (["--person", "U0PARK"], ["rrrr-0001#1", "rrrr-0002#1"]),
        (["--person", "U0PARK", "--since", "2026-11-21"], ["rrrr-0002#1"]),
        (["--job", "none"], []),
    ],
)
def test_a_part_is_exported_in_the_order_of_what_happened(
    tables: Dynamo, capsys: pytest.CaptureFixture[str], words: list[str], expected: list[str]
) -> None:
    """A day, several, a job, a person; both ends of a span belong to it."""
    assert expected == named(exported(tables, capsys, *words))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--job", "wordcount"], "0 facts: nothing matched. --job takes the id that `/dataflow status` shows.\n"),
        (
            ["--person", "kim", "--day", "2026-11-20"],
            "0 facts: nothing matched. --person takes a Slack user id, such as U0123ABCD.\n",
        ),
        (["--day", "2020-01-01"], "0 facts: nothing matched.\n"),
        (["--since", "2020-01-01", "--until", "2020-01-02"], "0 facts: nothing matched.\n"),
    ],
)
def test_an_export_of_nothing_says_what_may_be_wrong(
    tables: Dynamo, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    """The name of a job or a person in the place of an id matches nothing, so the note says what is taken."""
    code = main(["audit", "export", *words], environ(tables))
    written = capsys.readouterr()

    assert (code, written.out, written.err) == (0, "", expected)


def test_an_export_of_an_empty_record_says_so(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was left out, there is nothing."""
    code = main(["audit", "export"], environ(Dynamo(tables.client)))

    assert (code, capsys.readouterr().err) == (0, "0 facts: the record is empty.\n")


def test_until_today_goes_without_saying(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """A beginning without an end goes on to the present, which for this record is as good as its end."""
    facts = exported(tables, capsys, "--since", "2026-11-22")

    assert named(facts)[:2] == ["seals#3", "rrrr-0002#1"]


def test_a_table_for_a_spreadsheet_has_every_fact_in_a_row(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """The header names the attributes, and the number of facts is told beside the data."""
    code = main(["audit", "export", "--format", "csv", "--day", "2026-11-20"], environ(tables))
    written = capsys.readouterr()
    header, *rows = csv.reader(io.StringIO(written.out, newline=""))

    assert (code, written.err) == (0, "7 facts.\n")
    assert tuple(header) == COLUMNS
    first = dict(tables.ledger.chain(RequestId("aaaa-0001"))[0])
    assert tuple(rows[1]) == as_cells(first)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--day", "2026-11-20", "--since", "2026-11-19"], "--day is a day by itself"),
        (["--since", "2026-11-20", "--until", "2026-11-19"], "--until is before --since"),
        (["--until", "2026-11-19"], "--until needs --since"),
        (["--job", "x", "--person", "U0KIM"], "not allowed with argument"),
        (["--day", "22.11.2026"], "is no day"),
    ],
)
def test_a_wrong_call_is_told(
    tables: Dynamo, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    """Nothing is written, and the exit code is 2."""
    with pytest.raises(SystemExit) as exited:
        main(["audit", "export", *words], environ(tables))

    written = capsys.readouterr()
    assert (exited.value.code, written.out) == (2, "")
    assert expected in written.err


@pytest.mark.parametrize("command", ["export", "tail"])
def test_tables_that_cannot_be_read_are_told(tables: Dynamo, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """The exit code is 2, so that nobody takes nothing for all there is."""
    code = main(["audit", command, "--audit-table", "none-here"], environ(tables))

    assert (code, capsys.readouterr().err) == (2, "The tables could not be read: ResourceNotFoundException.\n")


# Following


@dataclass(slots=True)
class Waiting(FakeClock):
    """A clock during whose waits things happen, one after the other; then somebody presses Ctrl-C."""

    happenings: list[Callable[[], object]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let the next thing happen."""
        FakeClock.sleep(self, seconds)
        if not self.happenings:
            raise KeyboardInterrupt
        self.happenings.pop(0)()


@dataclass(slots=True)
class ShakyArchive(FakeArchive):
    """An archive that cannot be read now and then."""

    failures: list[bool] = field(default_factory=list)

    def day(self, *args: Any) -> Iterator[Any]:
        """Read a day, if it can be read."""
        if self.failures and self.failures.pop(0):
            raise LedgerUnavailable("query", "ThrottlingException")
        return FakeArchive.day(self, *args)


def test_each_new_fact_is_printed_until_it_is_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be read once is read the next time; Ctrl-C is a good end."""
    ledger, archive = FakeLedger(), ShakyArchive(failures=[False, True])
    facts = [makers.fact(f"r-{number}", at=timestamp(makers.NOW + timedelta(seconds=number))) for number in range(3)]

    def record(number: int) -> None:
        ledger.record(facts[number])
        archive.catch_up(ledger)

    record(0)
    clock = Waiting(happenings=[lambda: record(1), lambda: record(2)])
    code = follow(archive, clock, 7.5, as_json)
    written = capsys.readouterr()

    assert code == 0
    assert [json.loads(line)["request_id"] for line in written.out.splitlines()] == ["r-1", "r-2"]
    assert written.err == "Following; Ctrl-C ends it.\nNot read: ThrottlingException. Trying again.\n"
    assert clock.slept_seconds == [7.5, 7.5, 7.5]


@pytest.mark.parametrize("interval", ["0", "0.9", "-5", "nan", "inf", "often", "3601"])
def test_an_interval_that_is_none_is_told(tables: Dynamo, capsys: pytest.CaptureFixture[str], interval: str) -> None:
    """A second is the shortest: each look is a read of the table."""
    with pytest.raises(SystemExit) as exited:
        main(["audit", "tail", "--interval", interval], environ(tables))

    assert exited.value.code == 2
    assert "is no interval" in capsys.readouterr().err
