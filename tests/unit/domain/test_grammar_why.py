"""``break-glass`` and ``why``: what may stand before a change (contract, "Slack surface")."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handler.domain.commands import By, Help, Scale, To, Why
from handler.domain.errors import Usage
from handler.domain.grammar import parse
from tests.unit.domain.refusal import Refusal, refusal

ELLIPSIS = "\u2026"


@pytest.mark.parametrize(
    "word",
    [
        *("break-glass", "breakglass", "break_glass", "Break-Glass", "BREAKGLASS", "breakGlass", "break--glass"),
        *(
            "break glass",
            "Break  Glass",
            "break\tglass",
            "break\u3000glass",
            "'break glass'",
            "\u201cbreak-glass\u201d",
        ),
        *("\u2014break-glass", "--break-glass", "-break-glass", "\u3161break-glass", "\u3161\u30fcbreakglass"),
        *("\u2014 break-glass", "break\u2014glass", "break\u2011glass", "break -glass", "\u2014break \u3161glass"),
        *("break\u200b-glass", "break-glass \u2014", "비상", "긴급", "\u2014비상", "- 긴급", "'비상'"),
        *("\u1107\u1175\u1109\u1161\u11bc", "\uff42\uff52\uff45\uff41\uff4b\uff0d\uff47\uff4c\uff41\uff53\uff53"),
    ],
)
def test_words_for_break_glass(word: str) -> None:
    """Every tolerated spelling of ``break-glass`` before a change, or before one asked about, makes it an emergency."""
    emergency = Scale("wc", To(8), because="backlog", is_emergency=True)

    assert emergency == parse(f"{word} scale wc workers=8 because backlog")
    assert Why(emergency) == parse(f"why {word} scale wc workers=8 because backlog")


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("scale wc timeout=+30m because x", Scale("wc", timeout=By(30), because="x")),
        ("SCALE wc 8w t=2h for 1d reason: x", Scale("wc", To(8), To(120), 1440, "x")),
        ("scale 'my job' 8w because x", Scale("my job", To(8), because="x")),
        ("조정 wc 8w because x", Scale("wc", To(8), because="x")),
        ("변경 wc 8개 2시간 동안 사유 밀려서", Scale("wc", To(8), minutes=120, because="밀려서")),
        ("scale scale 8w because x", Scale("scale", To(8), because="x")),
        ("scale break-glass 8w because x", Scale("break-glass", To(8), because="x")),
        ("scale why 8w because x", Scale("why", To(8), because="x")),
        ("scale wc 8w because why?", Scale("wc", To(8), because="why?")),
        ("scale wc 8w because " + "x" * 3000, Scale("wc", To(8), because="x" * 3000)),
    ],
)
def test_emergencies(rest: str, expected: Scale) -> None:
    """After ``break-glass`` a change is read as it is without; only that makes it an emergency."""
    assert replace(expected, is_emergency=True) == parse(f"break-glass {rest}")
    assert expected == parse(rest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("why scale wc workers=8", Scale("wc", To(8))),
        ("WHY Scale wc 8 workers", Scale("wc", To(8))),
        ("\u2014why scale wc 8w", Scale("wc", To(8))),
        ("\u3161why scale wc 8w", Scale("wc", To(8))),
        ("'why' scale wc 8w", Scale("wc", To(8))),
        ("why scale wc t=+30 for 2h because x", Scale("wc", timeout=By(30), minutes=120, because="x")),
        ("왜 변경 wc 워커 8개 2시간 동안 사유 밀려서", Scale("wc", To(8), minutes=120, because="밀려서")),
        ("왜 조정 wc 8개", Scale("wc", To(8))),
        ("왜 wc 8개", Scale("wc", To(8))),
        ("why wc workers=8", Scale("wc", To(8))),
        ("why wc workers=8 because x", Scale("wc", To(8), because="x")),
        ("why 'my job' 8w", Scale("my job", To(8))),
        ("why \u201cmy job\u201d 8w", Scale("my job", To(8))),
        ("why because 8w", Scale("because", To(8))),
        ("why workers 8w", Scale("workers", To(8))),
        ("why etl_scale 8w", Scale("etl_scale", To(8))),
        ("why break-glass-etl 8w", Scale("break-glass-etl", To(8))),
        ("why break 8w", Scale("break", To(8))),
        ("why glass 8w", Scale("glass", To(8))),
        ("why scale scale 8w", Scale("scale", To(8))),
        ("why scale status 8w", Scale("status", To(8))),
        ("why scale run 8w", Scale("run", To(8))),
        ("why scale break-glass 8w", Scale("break-glass", To(8))),
        ("why break-glass scale wc 8w", Scale("wc", To(8), is_emergency=True)),
        ("why break glass wc 8w", Scale("wc", To(8), is_emergency=True)),
        ("왜 비상 변경 wc 8개", Scale("wc", To(8), is_emergency=True)),
        ("왜 긴급 wc 8개", Scale("wc", To(8), is_emergency=True)),
        ("why scale wc workers=8?", Scale("wc", To(8))),
        ("why scale wc workers=8 ??  ", Scale("wc", To(8))),
        ("왜 wc 8개\uff1f", Scale("wc", To(8))),
        ("why wc 8w because is it late?", Scale("wc", To(8), because="is it late")),
        ("why wc 8w because we are at the MAX?", Scale("wc", To(8), because="we are at the MAX")),
        ("why wc 8w because a? or b", Scale("wc", To(8), because="a? or b")),
    ],
)
def test_questions(text: str, expected: Scale) -> None:
    """After ``why`` a change is only asked about; ``scale`` and the question mark may be left out."""
    assert Why(expected) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        *("why ?", "why help", "why -h", "why \u2014help", "why scale ?", "why scale --help", "왜 도움말", "왜 ?"),
        *("break-glass ?", "break-glass help", "break glass --help", "break-glass scale -h", "비상 도움말"),
        *("why break-glass ?", "why break glass help", "why break-glass scale --help"),
    ],
)
def test_help(text: str) -> None:
    """Help may be asked for after each of the words."""
    assert Help() == parse(text)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("wc workers=8", Refusal(Usage.MISSING_REASON)),
        ("wc workers=8 because", Refusal(Usage.MISSING_REASON)),
        ("wc workers=8 because ''", Refusal(Usage.MISSING_REASON)),
        ("wc workers=8 because \u200b", Refusal(Usage.MISSING_REASON)),
        ("wc because", Refusal(Usage.MISSING_REASON)),
        ("wc", Refusal(Usage.MISSING_CHANGE)),
        ("wc because x", Refusal(Usage.MISSING_CHANGE)),
        ("", Refusal(Usage.MISSING_JOB)),
        ("''", Refusal(Usage.MISSING_JOB)),
        ("workers=8 because x", Refusal(Usage.MISSING_JOB, "workers=8")),
        ("wc workers=many because x", Refusal(Usage.NOT_A_NUMBER, "many")),
        ("wc workers=many", Refusal(Usage.NOT_A_NUMBER, "many")),
        ("wc workers=-2 because x", Refusal(Usage.NEGATIVE, "-2")),
        ("wc for 0 because x", Refusal(Usage.NOT_A_DURATION, "0")),
        ("wc workers because x", Refusal(Usage.MISSING_VALUE, "workers")),
        ("wc 8w 9w because x", Refusal(Usage.GIVEN_TWICE, "workers")),
        ("wc wrokers=8 because x", Refusal(Usage.UNEXPECTED_WORD, "wrokers=8", ("workers",))),
        ("wc 9999999999w because x", Refusal(Usage.TOO_BIG, "9999999999w", limit=2**31 - 1)),
        ("a" * 201 + " 8w because x", Refusal(Usage.TOO_LONG, "a" * 59 + ELLIPSIS, limit=200)),
        ("wc 8w because " + "x" * 3001, Refusal(Usage.TOO_LONG, "x" * 59 + ELLIPSIS, limit=3000)),
    ],
)
def test_refused_emergencies(rest: str, expected: Refusal) -> None:
    """An emergency has a reason; it and whatever else is wrong are refused with the usage of ``break-glass``."""
    assert expected._replace(topic="break-glass") == refusal(f"break-glass scale {rest}")


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", Refusal(Usage.MISSING_JOB)),
        (" scale", Refusal(Usage.MISSING_JOB)),
        (" scale workers=8", Refusal(Usage.MISSING_JOB, "workers=8")),
        (" workers=8", Refusal(Usage.MISSING_JOB, "workers=8")),
        (" \u2014workers 8", Refusal(Usage.MISSING_JOB, "--workers")),
        (" break-glass", Refusal(Usage.MISSING_JOB)),
        (" break-glass scale", Refusal(Usage.MISSING_JOB)),
        (" scale wc", Refusal(Usage.MISSING_CHANGE)),
        (" wc?", Refusal(Usage.MISSING_CHANGE)),
        (" break-glass wc", Refusal(Usage.MISSING_CHANGE)),
        (" scale wc 8w because", Refusal(Usage.MISSING_REASON)),
        (" wc workers=many", Refusal(Usage.NOT_A_NUMBER, "many")),
        (" scael wc 8w", Refusal(Usage.UNEXPECTED_WORD, "wc")),
        (" status", Refusal(Usage.UNEXPECTED_WORD, "status")),
        (" Status wc", Refusal(Usage.UNEXPECTED_WORD, "Status")),
        (" 이력 wc", Refusal(Usage.UNEXPECTED_WORD, "이력")),
        (" why scale wc 8w", Refusal(Usage.UNEXPECTED_WORD, "why")),
        (" break-glass break glass scale wc 8w", Refusal(Usage.UNEXPECTED_WORD, "break glass")),
        (" break-glass status wc", Refusal(Usage.UNEXPECTED_WORD, "status")),
        (" run wc", Refusal(Usage.NOT_YET, "run", topic="")),
        (" Can-cel wc", Refusal(Usage.NOT_YET, "cancel", topic="")),
        (" undo r-1", Refusal(Usage.UNEXPECTED_WORD, "undo")),
        (" break-glass run wc", Refusal(Usage.NOT_YET, "run", topic="")),
    ],
)
def test_refused_questions(rest: str, expected: Refusal) -> None:
    """Only a change can be asked about; the refusal names the first word in the way and shows how to ask."""
    topic = "why" if expected.topic else ""

    assert expected._replace(topic=topic) == refusal(f"why{rest}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("break-glass", Refusal(Usage.MISSING_JOB, topic="break-glass")),
        ("break-glass -", Refusal(Usage.MISSING_JOB, topic="break-glass")),
        ("break-glass wc 8w because x", Refusal(Usage.UNEXPECTED_WORD, "wc", topic="break-glass")),
        ("break-glass scael wc 8w", Refusal(Usage.UNEXPECTED_WORD, "scael", ("scale",), "break-glass")),
        ("비상 변겅 wc 8개", Refusal(Usage.UNEXPECTED_WORD, "변겅", ("변경",), "break-glass")),
        ("break-glass " + "z" * 61, Refusal(Usage.UNEXPECTED_WORD, "z" * 59 + ELLIPSIS, topic="break-glass")),
        ("break-glass status wc", Refusal(Usage.UNEXPECTED_WORD, "status", topic="break-glass")),
        ("break-glass why scale wc 8w", Refusal(Usage.UNEXPECTED_WORD, "why", topic="break-glass")),
        ("break-glass 비상 scale wc 8w", Refusal(Usage.UNEXPECTED_WORD, "비상", topic="break-glass")),
        ("break-glass run wc because x", Refusal(Usage.NOT_YET, "run", topic="")),
        ("break glass cancel wc because x", Refusal(Usage.NOT_YET, "cancel", topic="")),
        ("긴급 Undo r-1", Refusal(Usage.UNEXPECTED_WORD, "Undo", topic="break-glass")),
        ("break scale wc 8w", Refusal(Usage.UNKNOWN_WORD, "break", ("break-glass",), "")),
        ("break - glass scale wc 8w", Refusal(Usage.UNKNOWN_WORD, "break", ("break-glass",), "")),
        ("braek-glass scale wc 8w", Refusal(Usage.UNKNOWN_WORD, "braek-glass", ("break-glass",), "")),
        ("긴금 변경 wc 8개", Refusal(Usage.UNKNOWN_WORD, "긴금", ("긴급",), "")),
        ("wyh scale wc 8w", Refusal(Usage.UNKNOWN_WORD, "wyh", ("why",), "")),
        ("scale wc 8w break-glass because x", Refusal(Usage.UNEXPECTED_WORD, "break-glass", topic="break-glass")),
        ("scale wc --break-glass 8w because x", Refusal(Usage.UNEXPECTED_WORD, "--break-glass", topic="break-glass")),
        ("변경 wc 8개 비상 사유 x", Refusal(Usage.UNEXPECTED_WORD, "비상", topic="break-glass")),
        ("why scale wc 8w break-glass", Refusal(Usage.UNEXPECTED_WORD, "break-glass", topic="break-glass")),
        ("scale wc 8w why", Refusal(Usage.UNEXPECTED_WORD, "why")),
    ],
)
def test_out_of_place(text: str, expected: Refusal) -> None:
    """An emergency is never guessed: ``break-glass`` stands first, written well, and right before ``scale``."""
    assert expected == refusal(text)
