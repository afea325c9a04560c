"""The least that a handler can be: Lambda's own cost and nothing else."""

from __future__ import annotations


def handler(_event: object, _context: object) -> dict[str, object]:
    """Acknowledge."""
    return {"statusCode": 200, "body": ""}
