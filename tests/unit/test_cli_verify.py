"""``sluice audit verify``, called as an operator calls it, on tables that somebody may have edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from handler.entrypoints.audit_verify import Progress
from handler.entrypoints.cli import main
from handler.flows.prove import Tally
from tests.contract.ledgers import Dynamo
from tests.unit.audit_tables import environ, recorded_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WHOLE = (
    "19 facts in 8 chains, 5 requests, 4 sealed days (2026-11-19 to 2026-11-22).",
    "3 facts since the last sealed day: chained, but under no seal yet.",
)
JOB_TAKES = "--job takes the id that `/dataflow status` shows."


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dynamo]:
    """Three recorded days on DynamoDB, and an environment that finds them."""
    with recorded_tables(monkeypatch) as made:
        yield made


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what was printed, line by line."""
    return capsys.readouterr().out.splitlines()


def _fact(tables: Dynamo, request_id: str, seq: int) -> dict[str, Any]:
    key = {"request_id": {"S": request_id}, "seq": {"N": str(seq)}}
    return dict(tables.client.get_item(TableName=tables.audit_table, Key=key)["Item"])


def _put(tables: Dynamo, item: dict[str, Any]) -> None:
    tables.client.put_item(TableName=tables.audit_table, Item=item)


def _delete(tables: Dynamo, request_id: str, seq: int) -> None:
    key = {"request_id": {"S": request_id}, "seq": {"N": str(seq)}}
    tables.client.delete_item(TableName=tables.audit_table, Key=key)


def _change(tables: Dynamo) -> None:
    _put(tables, {**_fact(tables, "aaaa-0002", 3), "actor": {"S": "U0MALLORY"}})


def _retype(tables: Dynamo) -> None:
    _put(tables, {**_fact(tables, "aaaa-0002", 3), "before": {"B": b"\x00\xff"}, "after": {"SS": ["a", "b"]}})


def _remove(tables: Dynamo) -> None:
    _delete(tables, "aaaa-0002", 2)


def _number_oddly(tables: Dynamo) -> None:
    _put(tables, {**_fact(tables, "aaaa-0002", 2), "seq": {"N": "2.5"}})


def _lose_head(tables: Dynamo) -> None:
    tables.client.delete_item(TableName=tables.requests_table, Key={"pk": {"S": "aaaa-0002"}})


def _edit_head(tables: Dynamo) -> None:
    tables.client.update_item(
        TableName=tables.requests_table,
        Key={"pk": {"S": "aaaa-0002"}},
        UpdateExpression="SET head_seq = :three",
        ExpressionAttributeValues={":three": {"N": "3"}},
    )


def _empty_head(tables: Dynamo) -> None:
    tables.put_request_item({"pk": {"S": "aaaa-0002"}, "schema": {"N": "1"}})


def _lose_chain(tables: Dynamo) -> None:
    for seq in range(1, 6):
        _delete(tables, "aaaa-0002", seq)


def _lose_request(tables: Dynamo) -> None:
    _lose_chain(tables)
    _lose_head(tables)


def _lose_seal(tables: Dynamo) -> None:
    _delete(tables, "seals", 3)


TAMPERINGS: dict[Callable[[Dynamo], None], str] = {
    _change: "aaaa-0002#3: was changed after it was written",
    _retype: "aaaa-0002#3: was changed after it was written",
    _remove: "aaaa-0002#3: fact 2 is missing or out of order",
    _number_oddly: "aaaa-0002#2.5: fact 3 is missing or out of order",
    _lose_head: "aaaa-0002: its request is missing (facts: 5)",
    _edit_head: "aaaa-0002#3: is not the fact that the request names as its last",
    _empty_head: "aaaa-0002: the request does not say where its facts end",
    _lose_chain: "aaaa-0002: all of its facts are missing (there were 5)",
    _lose_request: "2026-11-20: 7 facts were sealed (seals#2), 5 are there",
    _lose_seal: "seals#4: fact 3 is missing or out of order",
}


def test_a_record_in_order_passes(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything was looked at, nothing is wrong, and the numbers say how much that is."""
    code = main(["audit", "verify"], environ(tables))

    assert (code, said(capsys)) == (0, [*WHOLE, "Nothing is wrong."])


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__.strip("_"))
def test_what_was_tampered_with_is_named(
    tables: Dynamo, capsys: pytest.CaptureFixture[str], tamper: Callable[[Dynamo], None]
) -> None:
    """Each kind of edit behind Sluice's back is a line of its own, and the exit code is 1."""
    tamper(tables)

    code = main(["audit", "verify"], environ(tables))
    lines = said(capsys)

    assert code == 1
    assert TAMPERINGS[tamper] in lines
    assert lines[-1].endswith(("thing is wrong.", "things are wrong."))


def test_a_part_is_looked_at_alone(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """A request, a job or a day: what is wrong elsewhere is not told."""
    _change(tables)

    codes = [
        main(["audit", "verify", *words], environ(tables))
        for words in (
            ["--request", "aaaa-0001"],
            ["--request", "aaaa-0002"],
            ["--job", "job-aaaa-0002"],
            ["--day", "2026-11-22"],
            ["--day", "2026-11-23"],
        )
    ]

    assert codes == [0, 1, 1, 0, 0]
    assert said(capsys) == [
        "3 facts in 1 chain.",
        "Nothing is wrong.",
        "aaaa-0002#3: was changed after it was written",
        "5 facts in 1 chain.",
        "1 thing is wrong.",
        "aaaa-0002#3: was changed after it was written",
        "5 facts in 1 chain.",
        "1 thing is wrong.",
        "7 facts in 3 chains, 1 sealed day (2026-11-22).",
        "Nothing is wrong.",
        "6 facts in 2 chains.",
        "2026-11-23 is not sealed.",
        "Nothing is wrong.",
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--job", "wordcount"], f"No fact is about a job with the id wordcount: nothing was checked. {JOB_TAKES}\n"),
        (["--day", "2020-01-01"], "No fact was recorded on 2020-01-01: nothing was checked.\n"),
    ],
)
def test_a_part_without_a_fact_is_not_passed(
    tables: Dynamo, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    """A job's name in the place of its id, or a slip in a day, is a wrong call and not a record in order."""
    code = main(["audit", "verify", *words], environ(tables))
    written = capsys.readouterr()

    assert (code, written.out, written.err) == (2, "", expected)


def test_a_seal_is_compared_though_the_part_has_no_fact(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """What was found of the seal is told, and that it was all."""
    posted = _fact(tables, "seals", 3)["hash"]["S"]

    code = main(["audit", "verify", "--day", "2020-01-01", "--seal", posted], environ(tables))
    written = capsys.readouterr()

    assert (code, written.err) == (2, "No fact was recorded on 2020-01-01: nothing else was checked.\n")
    assert written.out.endswith("is the one that was posted.\n")


def test_a_sealed_day_without_a_fact_passes(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """That nothing was recorded on it is what its seal says."""
    code = main(["audit", "verify", "--day", "2026-11-19"], environ(tables))

    assert (code, said(capsys)) == (0, ["0 facts in 0 chains, 1 sealed day (2026-11-19).", "Nothing is wrong."])


def test_a_sealed_day_that_lost_its_facts_is_not_taken_for_an_empty_one(
    tables: Dynamo, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its seal says how many there were."""
    for request_id, seq in (("aaaa-0002", 3), ("aaaa-0002", 4), ("aaaa-0002", 5), ("aaaa-0003", 1), ("seals", 2)):
        _delete(tables, request_id, seq)

    code = main(["audit", "verify", "--day", "2026-11-21"], environ(tables))

    assert (code, "2026-11-21: 5 facts were sealed (seals#3), 0 are there" in said(capsys)) == (1, True)


def test_an_empty_record_is_told(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """A deployment's first day is in order, but nobody takes wrong tables for a record that was checked."""
    code = main(["audit", "verify"], environ(Dynamo(tables.client)))

    assert (code, said(capsys)) == (0, ["The record is empty: nothing was checked."])


def test_what_somebody_wrote_into_a_key_does_not_reach_the_terminal(
    tables: Dynamo, capsys: pytest.CaptureFixture[str]
) -> None:
    """A request that is named by codes which a terminal obeys is told by their numbers."""
    _put(tables, {**_fact(tables, "aaaa-0002", 3), "request_id": {"S": "\x1b[2J"}})

    main(["audit", "verify"], environ(tables))
    lines = said(capsys)

    assert "\\u001b[2J: its request is missing (facts: 1)" in lines


def test_a_posted_seal_is_compared(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """The hash from the channel is that of a seal; one that is not is a rewrite, or a slip."""
    posted = _fact(tables, "seals", 3)["hash"]["S"]

    right = main(["audit", "verify", "--day", "2026-11-22", "--seal", posted.upper()], environ(tables))
    first = said(capsys)[0]
    wrong = main(["audit", "verify", "--day", "2026-11-22", "--seal", posted, "--seal", "0" * 64], environ(tables))
    lines = said(capsys)

    assert (right, wrong) == (0, 1)
    assert first == lines[0] == "The seal of 2026-11-21 (seals#3, 5 facts) is the one that was posted."
    assert lines[1].startswith("0" * 64 + ": no seal has this hash")


def test_a_long_examination_tells_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Every 10,000 facts, on the error stream, so that the report stays the report."""
    progress = Progress()
    for facts in (9_999, 10_001, 19_000, 25_000, 25_100):
        progress(Tally(facts=facts))

    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "10,001 facts so far\n25,000 facts so far\n")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--day", "yesterday"], "'yesterday' is no day: write it as 2026-11-22 (UTC)"),
        (["--seal", "abc"], "a seal's hash is 64 hexadecimal digits"),
        (["--day", "2026-11-22", "--request", "x"], "not allowed with argument --day"),
    ],
)
def test_a_wrong_call_is_told(
    tables: Dynamo, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    """What is wrong with the words is said, and the exit code is 2."""
    with pytest.raises(SystemExit) as exited:
        main(["audit", "verify", *words], environ(tables))

    assert exited.value.code == 2
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told", "expected"),
    [
        ([], {}, "Set REQUESTS_TABLE and AUDIT_TABLE, or add --requests-table and --audit-table"),
        ([], {"AUDIT_TABLE": "sluice-audit"}, "Set REQUESTS_TABLE, or add --requests-table"),
        (["--requests-table", "sluice"], {"AUDIT_TABLE": " "}, "Set AUDIT_TABLE, or add --audit-table"),
    ],
)
@pytest.mark.parametrize("command", ["verify", "export", "tail"])
def test_without_tables_it_says_which_it_wants(
    capsys: pytest.CaptureFixture[str], command: str, words: list[str], told: dict[str, str], expected: str
) -> None:
    """They are named by the environment of the functions, or by options, and both ways are told."""
    with pytest.raises(SystemExit) as exited:
        main(["audit", command, *words], told)

    assert exited.value.code == 2
    assert capsys.readouterr().err.endswith(f"sluice audit {command}: error: which tables? {expected}\n")


def test_tables_that_cannot_be_read_are_not_passed(tables: Dynamo, capsys: pytest.CaptureFixture[str]) -> None:
    """It is neither right nor wrong: the exit code is 2, and AWS's own word says why."""
    code = main(["audit", "verify", "--audit-table", "none-here"], environ(tables))

    assert (code, capsys.readouterr().err) == (2, "The tables could not be read: ResourceNotFoundException.\n")


def test_without_a_region_it_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What boto3 lacks is told in its own words, without a stack of calls."""
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "none")

    code = main(["audit", "verify"], {"REQUESTS_TABLE": "sluice-requests", "AUDIT_TABLE": "sluice-audit"})

    assert (code, capsys.readouterr().err) == (2, "The tables could not be read: You must specify a region.\n")
