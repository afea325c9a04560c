"""The environment of front → its settings, with every problem found, not only the first.

Variables: `contract.md`, "Configuration". AWS's own are read as AWS's SDKs read them
(docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from handler.front import words
from handler.front.journal import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

_REGION = re.compile(r"[a-z]{2}[a-z0-9-]{1,30}")
_FUNCTION = re.compile(r"[A-Za-z0-9:$_-]{1,170}")  # API_Invoke, FunctionName: names, ARNs, partial ARNs
_COMMAND = re.compile(r"/[^\s/]{1,31}")


class Settings(NamedTuple):
    """What front is told. URLs end without a slash; `problems` are sentences, none if all is well.

    `function` is its own name on Lambda, else "none".
    """

    signing_secret: str
    secret_id: str
    worker: str
    command: str
    region: str
    lambda_url: str
    secrets_url: str
    log_level: str
    function: str
    problems: tuple[str, ...]

    def __repr__(self) -> str:
        """Show nothing: one of the fields is a secret."""
        return "Settings(…)"


def read(environ: Mapping[str, str]) -> Settings:
    """Return the settings in `environ`; what is missing or wrong is listed in `problems`, never raised."""
    given = {name: value.strip() for name, value in environ.items()}
    problems: list[str] = []
    region = given.get("AWS_REGION") or given.get("AWS_DEFAULT_REGION", "")
    settings = Settings(
        signing_secret=given.get("SLACK_SIGNING_SECRET", ""),
        secret_id=given.get("SLACK_SECRET_ID", ""),
        worker=given.get("WORKER_FUNCTION", ""),
        command=given.get("SLACK_COMMAND") or "/dataflow",
        region=region,
        lambda_url=_endpoint(given, "LAMBDA", "lambda", region, problems),
        secrets_url=_endpoint(given, "SECRETS_MANAGER", "secretsmanager", region, problems),
        log_level=_level(given, problems),
        function=given.get("AWS_LAMBDA_FUNCTION_NAME") or "none",
        problems=(),
    )
    problems.extend(_problems(settings))
    return settings._replace(problems=tuple(dict.fromkeys(problems)))


def _problems(settings: Settings) -> list[str]:
    found = []
    if not (settings.signing_secret or settings.secret_id):
        found.append(words.missing("SLACK_SECRET_ID", words.SIGNING_MEANING))
    if not settings.worker:
        found.append(words.missing("WORKER_FUNCTION", words.WORKER_MEANING))
    elif not _FUNCTION.fullmatch(settings.worker):
        found.append(words.malformed("WORKER_FUNCTION", words.A_FUNCTION))
    if not settings.region:
        found.append(words.missing("AWS_REGION", words.REGION_MEANING))
    elif not _REGION.fullmatch(settings.region):
        found.append(words.malformed("AWS_REGION", words.A_REGION))
    if not _COMMAND.fullmatch(settings.command):
        found.append(words.malformed("SLACK_COMMAND", words.A_COMMAND))
    return found


def _endpoint(given: Mapping[str, str], suffix: str, service: str, region: str, problems: list[str]) -> str:
    """Return the base URL of a service: its own variable, else the common one, else AWS's public address."""
    ignored = given.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true"
    for variable in () if ignored else (f"AWS_ENDPOINT_URL_{suffix}", "AWS_ENDPOINT_URL"):
        url = given.get(variable, "")
        if url:
            if not _is_base_url(url):
                problems.append(words.malformed(variable, words.A_URL))
            return url.rstrip("/")
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://{service}.{region}.{suffix}"


def _level(given: Mapping[str, str], problems: list[str]) -> str:
    level = (given.get("LOG_LEVEL") or "INFO").upper()
    if level in LEVELS:
        return level
    problems.append(words.malformed("LOG_LEVEL", words.one_of(LEVELS)))
    return "INFO"


def _is_base_url(url: str) -> bool:
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)
