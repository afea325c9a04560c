"""What every tolerated way of writing a change comes to: typed in any mixture of them, it reads back as itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from handler.domain.commands import By, Command, Scale, To, Why
from handler.domain.errors import Usage, UsageError
from handler.domain.grammar import parse
from handler.domain.vocabulary import NOT_YET, TOPICS, key
from tests.unit.domain.grammar_texts import MARKS, outcome, spaced

if TYPE_CHECKING:
    from handler.domain.commands import Setting

# With those of MARKS: what may be taken off the ends of a reason, besides the question mark of a question.
QUOTES = "\u00b4\u00ab\u00bb\u201a\u201b\u201e\u201f\u2039\u203a\u300e\u300f\uff02\uff07\uff40"

whole = st.integers(0, 2**31 - 1)
setting = st.one_of(st.builds(To, whole), st.builds(By, whole))
reasons = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="<>&:=\u115f\u1160\u3164\uffa0\u2800"), min_size=1
).filter(lambda text: {text[0], text[-1]}.isdisjoint(MARKS + QUOTES))
job_names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{2,99}", fullmatch=True)
scales = st.builds(
    Scale,
    job_names,
    workers=st.none() | setting,
    timeout=st.none() | setting,
    minutes=st.none() | st.integers(1, 2**31 - 1),
    because=st.none() | reasons,
).filter(lambda scale: scale.workers is not None or scale.timeout is not None)
assignments = st.sampled_from(
    ["{0}={1}", "{0} {1}", "{0}:{1}", "{0} = {1}", "--{0} {1}", "\u2014{0}={1}", "{0} to {1}"]
)
quotes = st.sampled_from(["{}", '"{}"', "\u201c{}\u201d", "\u2018{}\u2019", "`{}`"])
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(ord("!"), ord("~") + 1)})


def _sign(setting: Setting) -> str:
    return "+" if isinstance(setting, By) else ""


def _number(setting: Setting) -> int:
    return setting.delta if isinstance(setting, By) else setting.value


def _time(draw: st.DrawFn, minutes: int) -> str:
    days, hours = divmod(minutes, 1440)[0], minutes % 1440 // 60
    day, hour, minute = draw(st.sampled_from([("d", "h", "m"), ("일", "시간", "분"), (" days ", " hours ", " min")]))
    return draw(
        st.sampled_from(
            [
                f"{minutes}",
                f"{minutes}{minute}",
                f"{minutes // 60}{hour}{minutes % 60}{minute}",
                f"{days}{day}{hours}{hour}{minutes % 60}{minute}",
            ]
        )
    ).strip()


@st.composite
def spelled_scales(draw: st.DrawFn) -> tuple[str, Scale]:
    """Draw a change and one of the tolerated ways to type it, but for the words before its job."""
    scale = draw(scales)
    options = []
    if scale.workers is not None:
        number = f"{_sign(scale.workers)}{_number(scale.workers)}"
        name = draw(st.sampled_from(["workers", "Worker", "numWorker", "w", "워커", "작업자"]))
        assigned = draw(assignments).format(name, draw(quotes).format(number))
        options.append(draw(st.sampled_from([assigned, f"{number}w", f"{number} workers", f"{number}개"])))
    if scale.timeout is not None:
        time = _sign(scale.timeout) + _time(draw, _number(scale.timeout))
        name = draw(st.sampled_from(["timeout", "TIMEOUT", "t", "타임아웃"]))
        options.append(draw(assignments).format(name, draw(quotes).format(time)))
    if scale.minutes is not None:
        options.append(f"for {_time(draw, scale.minutes)}")
    options = draw(st.permutations(options))
    words = draw(st.sampled_from([" ", "  ", " and ", ", "])).join([draw(quotes).format(scale.job), *options][1:])
    typed = f"{draw(quotes).format(scale.job)} {words}"
    if draw(st.booleans()):
        typed = typed.translate(FULL_WIDTH)
    reason = (
        "" if scale.because is None else f" {draw(st.sampled_from(['because', 'because:', '사유']))} {scale.because}"
    )
    return f"{typed}{reason}", scale


emergencies = st.sampled_from(["break-glass", "BreakGlass", "break glass", "\u2014break-glass", "비상", "긴급"])


@st.composite
def spelled_commands(draw: st.DrawFn) -> tuple[str, Command]:
    """Draw a change, or a question about one, and one of the tolerated ways to type it."""
    typed, scale = draw(spelled_scales())
    asks = draw(st.booleans())
    can_go_without = asks and key(scale.job) not in {*TOPICS, *NOT_YET}
    verb = draw(st.sampled_from(["scale", "Scale", "변경", "조정", *[""] * can_go_without]))
    if (asks or scale.because is not None) and draw(st.booleans()):
        scale = replace(scale, is_emergency=True)
        verb = f"{draw(emergencies)} {verb}"
    if asks:
        return (
            f"{draw(st.sampled_from(['why', 'WHY', '왜']))} {verb} {typed}{draw(st.sampled_from(['', '?', ' ?']))}",
            Why(scale),
        )
    return f"{verb} {typed}", scale


@settings(deadline=None, max_examples=300)
@given(spelled_commands())
def test_every_spelling_reads_back(spelled: tuple[str, Command]) -> None:
    """A change, asked for or asked about in any mixture of the tolerated spellings, is read as that change."""
    typed, command = spelled

    assert command == parse(typed)


changes = st.one_of(
    spaced.map(lambda rest: f"wordcount {rest}"),
    spelled_scales().map(lambda spelled: spelled[0]),
).filter(lambda text: "?" not in text and "\uff1f" not in text)


@settings(deadline=None, max_examples=300)
@given(changes)
@example("wordcount 8w because x")
@example("wordcount 8w")
@example("wordcount 8w break-glass")
def test_the_same_follows_every_word_for_a_change(change: str) -> None:
    """What makes a change makes the same change in a question or an emergency; what makes none is refused alike."""
    plain = outcome(f"scale {change}")
    asked = outcome(f"why scale {change}")
    emergency = outcome(f"break-glass scale {change}")

    match plain:
        case UsageError():
            assert (plain.usage, plain.word, plain.near, plain.limit) == said(asked) == said(emergency)
        case Scale(because=None):
            assert Why(plain) == asked
            assert Usage.MISSING_REASON is said(emergency)[0]
        case _:
            assert isinstance(plain, Scale)
            assert Why(plain) == asked
            assert replace(plain, is_emergency=True) == emergency


def said(found: Command | UsageError) -> tuple[Usage, str, tuple[str, ...], int]:
    """Return what a refusal says, but for the usage line."""
    assert isinstance(found, UsageError)
    return found.usage, found.word, found.near, found.limit
