"""The examples of the two API documents, as printed there, and how to compare with what is masked in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
SEED_ID = "gqigvH******"
MASKED_NUMBER = re.compile(r"(?<![\"\w*])(\d+\*+\d*)(?![\"\w*])")


def example(name: str) -> Any:
    """Parse a printed example. Its masked numbers (169777*******) are no JSON and become strings."""
    return json.loads(MASKED_NUMBER.sub(r'"\1"', (DATA / name).read_text(encoding="utf-8")))


def masked_like(value: Any, printed: Any) -> Any:
    """Return a value in which each number that fits the printed mask in its place is written as that mask."""
    if isinstance(value, dict) and isinstance(printed, dict):
        return {key: masked_like(each, printed.get(key)) for key, each in value.items()}
    if isinstance(value, list) and isinstance(printed, list) and len(value) == len(printed):
        return [masked_like(each, mask) for each, mask in zip(value, printed, strict=True)]
    if isinstance(value, int) and isinstance(printed, str) and "*" in printed:
        digits = re.escape(printed.rstrip("0123456789").rstrip("*"))
        last = re.escape(printed[len(printed.rstrip("0123456789")) :])
        return printed if re.fullmatch(rf"{digits}\d+{last}", str(value)) else value
    return value
