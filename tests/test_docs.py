"""What the documents point at is there: files, links, tests, words of the Makefile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "tests" / "README.md", *(ROOT / "docs").glob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
WORDS = frozenset(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8")))


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_each_link_of_a_page_leads_to_a_file(name: str) -> None:
    """A link without an address is a file of this repository."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", _text(name))
    here = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in here if not (ROOT / name).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_test_a_page_names_is_there(name: str) -> None:
    """A promise is worth the test behind it: `tests/…py` is a file, `::name` a function in it."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", _text(name))
    missing = [
        f"{file}::{function}"
        for file, function in named
        if not (ROOT / file).exists() or (function and f"def {function}(" not in _text(file))
    ]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_each_word_for_make_is_one(name: str) -> None:
    """What a page says to type after `make` is in the Makefile."""
    words = set(re.findall(r"`make ([a-z][a-z-]*)", _text(name)))
    assert words <= WORDS
