"""AWS Signature Version 4 for one POST without a query, as a pure function.

Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. Written by hand because
importing botocore would cost more than all the rest of the door; a test holds it equal to botocore's signer.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALGORITHM = "AWS4-HMAC-SHA256"
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Credentials(NamedTuple):
    """Keys of one AWS identity; `session_token` is empty for a long-lived one."""

    access_key: str
    secret_key: str
    session_token: str = ""

    def __repr__(self) -> str:
        """Show that there are keys, never which."""
        return "Credentials(…)"


class Scope(NamedTuple):
    """What a signature is good for: a service by its signing name ("lambda") in a region."""

    service: str
    region: str


def sign(  # noqa: PLR0913 - what is posted, and who signs it when and for what
    url: str, headers: Mapping[str, str], body: bytes, *, scope: Scope, credentials: Credentials, at: float
) -> dict[str, str]:
    """Return all headers to send: those given, `host`, `x-amz-date`, the session token and `authorization`.

    Every given header is signed. `url` is as it is sent, its path already quoted; `at` is in epoch seconds.
    """
    parts = urlsplit(url)
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    signed = {name.lower(): value for name, value in headers.items()}
    signed["host"] = _host(parts)
    signed["x-amz-date"] = moment
    if credentials.session_token:
        signed["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(signed))
    canonical = "\n".join(
        (
            "POST",
            quote(_without_dots(parts.path), safe="/~"),
            "",
            *(f"{name}:{' '.join(signed[name].split())}" for name in sorted(signed)),
            "",
            names,
            hashlib.sha256(body).hexdigest(),
        )
    )
    day = moment[:8]
    granted = f"{day}/{scope.region}/{scope.service}/aws4_request"
    to_sign = f"{_ALGORITHM}\n{moment}\n{granted}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (day, scope.region, scope.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    signed["authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{granted}, SignedHeaders={names}, Signature={signature}"
    )
    return signed


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    if parts.port is None or parts.port == _DEFAULT_PORTS.get(parts.scheme):
        return host
    return f"{host}:{parts.port}"


def _without_dots(path: str) -> str:
    """Resolve `.`, `..` and empty segments (RFC 3986, section 5.2.4, and AWS's rule on double slashes)."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    tail = "/" if path.endswith("/") and kept else ""
    return "/" + "/".join(kept) + tail
