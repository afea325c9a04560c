"""What mutmut prints is understood, and compared with the list of changes that may live."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutants import LIST, Mutant, compare, read_list, read_mutant, read_results

PRINTED = """
    handler.domain.audit.x_canonical__mutmut_11: survived
    handler.domain.moves.x__private__mutmut_2: killed
    handler.domain.options.xǁReaderǁspan__mutmut_3: caught by type check
    handler.domain.errors.xǁUsageErrorǁ__init____mutmut_1: no tests
"""
DIFF = """\
# handler.domain.audit.x_canonical__mutmut_11: survived
--- handler/domain/audit.py
+++ handler/domain/audit.py
@@ -1,4 +1,4 @@
 def canonical(value: object) -> str:
     match value:
-        case _:
-            return None
+        pass
"""
ALIVE = Mutant("audit.canonical", "case _:\nreturn None", "pass")
LISTED = """
[[alive]]
where = "audit.canonical"
was = '''
case _:
return None
'''
became = "pass"
because = "It does the same."
"""


def test_each_result_has_its_place_and_status() -> None:
    """Functions, private ones and methods, by the names they have in the source."""
    assert read_results(PRINTED) == {
        "handler.domain.audit.x_canonical__mutmut_11": ("audit.canonical", "survived"),
        "handler.domain.moves.x__private__mutmut_2": ("moves._private", "killed"),
        "handler.domain.options.xǁReaderǁspan__mutmut_3": ("options.Reader.span", "caught by type check"),
        "handler.domain.errors.xǁUsageErrorǁ__init____mutmut_1": ("errors.UsageError.__init__", "no tests"),
    }


def test_results_of_other_modules_can_be_left_out() -> None:
    """Whoever asks about one module hears of that one."""
    assert list(read_results(PRINTED, ["moves"]).values()) == [("moves._private", "killed")]


def test_a_mutant_is_known_by_its_lines() -> None:
    """Its number changes with every edit above it, its indentation with every edit around it."""
    assert read_mutant("audit.canonical", DIFF) == ALIVE


def test_a_survivor_with_a_reason_is_no_complaint() -> None:
    """The list and what lives agree."""
    assert read_list(LISTED) == Counter([ALIVE])
    assert compare(Counter([ALIVE]), read_list(LISTED)) == []


def test_a_survivor_without_a_reason_is_one() -> None:
    """It is shown with its place and its lines."""
    assert compare(Counter([ALIVE, ALIVE]), read_list(LISTED) + Counter([ALIVE._replace(became="x")])) == [
        "\nno test notices this, and no reason is given: audit.canonical\n  - case _:\n  - return None\n  + pass",
        "\nlisted, but noticed or gone: take it off the list: audit.canonical\n  - case _:\n  - return None\n  + x",
    ]


def test_the_same_change_twice_in_a_function_is_listed_with_its_number() -> None:
    """Two equal lines are two mutants."""
    listed = read_list(LISTED + "times = 3\n")
    assert listed == Counter({ALIVE: 3})
    heading = "\nlisted, but noticed or gone: take it off the list: audit.canonical (2 times)"
    assert compare(Counter([ALIVE]), listed) == [heading + "\n  - case _:\n  - return None\n  + pass"]


def test_a_reason_may_not_be_left_empty() -> None:
    """A list of names would be an excuse."""
    with pytest.raises(ValueError, match=r"no reason is given why the mutant of audit\.canonical may live"):
        read_list(LISTED.replace("It does the same.", "  "))


def test_the_list_itself_can_be_read() -> None:
    """Every entry has its parts."""
    assert read_list(LIST.read_text("utf-8")).total() > 0
