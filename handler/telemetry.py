"""Logs as one JSON object a line, with the ids that people are given; never a payload, token, key or signature."""

from __future__ import annotations

import json
import logging
from typing import Final

_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# These libraries write addresses or whole requests at their lower levels.
_QUIET: Final = ("httpx", "httpcore", "botocore", "boto3", "urllib3", "slack_sdk", "slack_bolt")


class JsonLines(logging.Formatter):
    """Formats a record with everything its ``extra`` holds."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        line: dict[str, object] = {
            "level": record.levelname,
            "at": self.formatTime(record),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(level: str) -> None:
    """Send everything at this level or above to standard error as JSON lines, once for the process."""
    root = logging.getLogger()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
