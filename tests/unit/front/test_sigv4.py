"""Our signature is botocore's signature."""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, datetime
from time import strptime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handler.front.sigv4 import Credentials, Scope, sign

SEGMENTS = st.text(st.characters(codec="utf-8", exclude_characters="?#", exclude_categories=["Cc"]), max_size=12)
PATHS = st.lists(
    SEGMENTS | st.sampled_from([".", "..", "", "a%3Ab", "arn%3Aaws%3Alambda", "~-_.", "한글"]), max_size=6
).map(lambda segments: "/" + "/".join(segments))
HOSTS = st.sampled_from(
    ["http://127.0.0.1:4566", "https://lambda.ap-northeast-2.amazonaws.com", "https://EXAMPLE.com:443", "http://[::1]:80",
     "http://[::1]:8080", "http://user@host.example"]
)  # fmt: skip
HEADER_NAMES = st.from_regex(r"[Xx]-[A-Za-z][A-Za-z0-9-]{0,12}", fullmatch=True).filter(
    lambda name: not name.lower().startswith("x-am")
)
HEADER_VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20)
HEADERS = st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=5).filter(
    lambda headers: len({name.lower() for name in headers}) == len(headers)
)
KEYS = st.text("ABCdef0189/+=", min_size=1, max_size=30)


@given(
    base=HOSTS,
    path=PATHS,
    headers=HEADERS,
    body=st.binary(max_size=200),
    scope=st.tuples(st.sampled_from(["lambda", "secretsmanager"]), st.sampled_from(["ap-northeast-2", "cn-north-1"])),
    keys=st.tuples(KEYS, KEYS, KEYS | st.just("")),
)
@example(
    base="https://lambda.us-east-1.amazonaws.com", path="/", headers={}, body=b"",
    scope=("lambda", "us-east-1"), keys=("a", "s", ""),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_signature_equals_botocore(  # noqa: PLR0913 - the parts of a request
    *,
    base: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    scope: tuple[str, str],
    keys: tuple[str, str, str],
) -> None:
    """For any POST both signers write the same Authorization header at the same moment."""
    url = f"{base}{path}"
    theirs = AWSRequest(method="POST", url=url, data=body, headers=headers)
    SigV4Auth(BotocoreCredentials(keys[0], keys[1], keys[2] or None), *scope).add_auth(theirs)
    moment = theirs.headers["X-Amz-Date"]

    ours = sign(
        url,
        headers,
        body,
        scope=Scope(*scope),
        credentials=Credentials(*keys),
        at=timegm(strptime(moment, "%Y%m%dT%H%M%SZ")),
    )

    assert theirs.headers["Authorization"] == ours["authorization"]
    assert (moment, keys[2]) == (ours["x-amz-date"], ours.get("x-amz-security-token", ""))


def test_credentials_never_show_themselves() -> None:
    """A log or a traceback that prints credentials prints none of them."""
    shown = repr(Credentials("playground-access", "playground-secret", "playground-session"))
    assert shown == "Credentials(…)"


def test_date_is_that_of_utc() -> None:
    """The signing date is the UTC date of the moment, also where the local date differs."""
    at = datetime(2026, 1, 1, 23, 59, 59, tzinfo=UTC).timestamp()
    signed = sign("http://h/", {}, b"", scope=Scope("lambda", "us-east-1"), credentials=Credentials("a", "b"), at=at)
    assert signed["x-amz-date"] == "20260101T235959Z"
