"""The table of Slack's methods and scopes is the code's own."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

from slack_sdk import WebClient

from handler.adapters.scopes import METHODS

HANDLER: Final = Path(__file__).resolve().parents[3] / "handler"
# Of WebClient, what is no method of the Web API.
CLIENT: Final = {"api_call"}


def called() -> set[str]:
    """Return the Web API's methods that are called anywhere in the code, by the SDK's names for them."""
    attributes = {
        node.attr
        for module in HANDLER.rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    return {name for name in attributes if "_" in name.strip("_") and hasattr(WebClient, name)} - CLIENT


def test_the_methods_are_those_that_are_called() -> None:
    """A method that is called without being in the table, or is in it without being called, is found here."""
    assert called() == {method.replace(".", "_") for method in METHODS}
