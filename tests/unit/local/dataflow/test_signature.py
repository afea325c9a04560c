"""Signature v2: the published vectors, and what the gateway refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from infra.local.dataflow.refusals import RefusedError
from infra.local.dataflow.signature import ACCESS_KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, check, sign
from tests.unit.local.dataflow.caller import NOW, signed

ACCESS_KEY = "ncp_iam_EXAMPLEKEY0001"
SECRET_KEY = "ncp_iam_EXAMPLESECRET0001"
TIMESTAMP = "1742443654000"
STATS = "/api/v1/stats/executions?startDate=2025-03-19T00%3A00%3A00&endDate=2025-03-20T23%3A59%3A59"
VECTORS = [
    ("GET", "/api/v1/jobs/gqigvHAbCdEf", "7KPPBlbQTp+2EDaa26SdssngCjAUGp73/zPDn2fIuRQ="),
    ("PUT", "/api/v1/jobs/gqigvHAbCdEf/executions", "qXmu1FxT3yutMC9S9CaX2X68kITcZIJjIrBSivt8tPg="),
    ("POST", "/api/v1/jobs/gqigvHAbCdEf/executions", "nrVpTXarJjQGR9034kPzcT3zket7bxz81CUG/HNXEA8="),
    ("GET", "/api/v1/jobs?page=0&limit=1000", "jzLq4quSmoNgYGnpYqD92n2vpax2Ddl4Tzfr8jQY59Q="),
    ("GET", "/api/v1/jobs", "Gl5YGGSgQHpl2nu8oaQEAwsU4Ck7LvvOPlByaXvyiZg="),
    ("GET", STATS, "SA0TZWn+f7NtPUSxxS5vQdyDLYjSUXZPM7byhkxX7Aw="),
]
INVALID = "401 200: Invalid authentication information."
MISSING = "401 200: Authentication information are missing."
KEYS = {"playground-access": "playground-secret"}
TARGET = "/api/v1/jobs?page=0&limit=10"


def refused(headers: dict[str, str]) -> str:
    """Return the words with which GET of TARGET is refused at NOW; empty when it passes."""
    try:
        check(headers, "GET", TARGET, keys=KEYS, now=NOW)
    except RefusedError as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize(("method", "target", "expected"), VECTORS)
def test_published_vectors(method: str, target: str, expected: str) -> None:
    """Each published request target gives its published signature."""
    assert expected == sign(SECRET_KEY, method, target, TIMESTAMP, ACCESS_KEY)


def test_the_method_is_signed_in_upper_case() -> None:
    """A method in lower case gives the signature of the published one."""
    method, target, expected = VECTORS[0]
    assert expected == sign(SECRET_KEY, method.lower(), target, TIMESTAMP, ACCESS_KEY)


def test_vector_of_a_public_client() -> None:
    """The vector that a public Go client is tested with is reproduced."""
    target = "/vserver/v2/createServerInstances?regionCode=KR"
    signature = sign("SK_TEST", "POST", target, "1700000000000", "AK_TEST")
    assert signature == "xBcE26XFU55BMjppdPT7ZY3oDrqoOedfPyAn3Cq4lUw="


@pytest.mark.parametrize(("method", "target", "signature"), VECTORS)
def test_published_vectors_pass_the_check(method: str, target: str, signature: str) -> None:
    """A request signed as published is let through at the time of its timestamp, and refused with another target."""
    headers = {TIMESTAMP_HEADER: TIMESTAMP, ACCESS_KEY_HEADER: ACCESS_KEY, SIGNATURE_HEADER: signature}
    now = datetime.fromtimestamp(int(TIMESTAMP) / 1000, UTC)
    check(headers, method, target, keys={ACCESS_KEY: SECRET_KEY}, now=now)
    with pytest.raises(RefusedError):
        check(headers, method, target + "x", keys={ACCESS_KEY: SECRET_KEY}, now=now)


@pytest.mark.parametrize("missing", [TIMESTAMP_HEADER, ACCESS_KEY_HEADER, SIGNATURE_HEADER])
def test_each_header_is_needed(missing: str) -> None:
    """Without any one of the three headers the gateway says that authentication information is missing."""
    headers = signed("GET", TARGET)
    del headers[missing]
    assert refused(headers) == MISSING


@pytest.mark.parametrize(
    ("off_by", "expected"),
    [
        (timedelta(minutes=5), ""),
        (timedelta(minutes=-5), ""),
        (timedelta(minutes=5, milliseconds=1), INVALID),
        (timedelta(minutes=-5, milliseconds=-1), INVALID),
    ],
)
def test_clock_window(off_by: timedelta, expected: str) -> None:
    """A timestamp may be 5 minutes off the gateway's clock in either direction and not a millisecond more."""
    assert expected == refused(signed("GET", TARGET, at=NOW + off_by))


@pytest.mark.parametrize("timestamp", ["abc", "-1", "1e12", " 1742443654000", "9" * 5000, "²", "1742443654.0"])
def test_strange_timestamps(timestamp: str) -> None:
    """A timestamp that is no plain count of milliseconds is refused, even when it was signed as it stands."""
    headers = signed("GET", TARGET)
    headers[TIMESTAMP_HEADER] = timestamp
    headers[SIGNATURE_HEADER] = sign("playground-secret", "GET", TARGET, timestamp, "playground-access")
    assert refused(headers) == INVALID


@pytest.mark.parametrize(
    "headers",
    [
        signed("GET", TARGET, access_key="somebody-else"),
        signed("GET", TARGET, secret_key="a-wrong-secret"),
        signed("GET", TARGET, access_key="somebody-else", secret_key=""),
        signed("PUT", TARGET),
        signed("GET", "/api/v1/jobs"),
        signed("GET", "https://dataflow.apigw.ntruss.com" + TARGET),
        {**signed("GET", TARGET), SIGNATURE_HEADER: "é"},
    ],
    ids=["key", "secret", "empty-secret", "method", "no-query", "whole-url", "not-ascii"],
)
def test_wrong_signatures(headers: dict[str, str]) -> None:
    """A request that another key, secret, method or target was signed for is refused in the same words."""
    assert refused(headers) == INVALID
