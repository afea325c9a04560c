"""Signature v2: the published vectors, and that what is signed is what is sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.adapters.dataflow.client import open_client
from handler.adapters.dataflow.signature import (
    ACCESS_KEY_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    NcpSignatureV2,
    sign,
)
from handler.domain.errors import SettingsInvalid
from tests.fakes.clock import FakeClock

ACCESS_KEY = "ncp_iam_EXAMPLEKEY0001"
SECRET_KEY = "ncp_iam_EXAMPLESECRET0001"
TIMESTAMP_MS = "1742443654000"
EXECUTIONS = "/api/v1/jobs/gqigvHAbCdEf/executions"
STATS = "/api/v1/stats/executions?startDate=2025-03-19T00{c}00{c}00&endDate=2025-03-20T23{c}59{c}59"
VECTORS = [
    ("GET", "/api/v1/jobs/gqigvHAbCdEf", "7KPPBlbQTp+2EDaa26SdssngCjAUGp73/zPDn2fIuRQ="),
    ("PUT", EXECUTIONS, "qXmu1FxT3yutMC9S9CaX2X68kITcZIJjIrBSivt8tPg="),
    ("POST", EXECUTIONS, "nrVpTXarJjQGR9034kPzcT3zket7bxz81CUG/HNXEA8="),
    ("GET", "/api/v1/jobs?page=0&limit=1000", "jzLq4quSmoNgYGnpYqD92n2vpax2Ddl4Tzfr8jQY59Q="),
    ("GET", "/api/v1/jobs", "Gl5YGGSgQHpl2nu8oaQEAwsU4Ck7LvvOPlByaXvyiZg="),
    ("GET", STATS.format(c="%3A"), "SA0TZWn+f7NtPUSxxS5vQdyDLYjSUXZPM7byhkxX7Aw="),
]
NOT_WHAT_IS_SENT = [
    ("GET", STATS.format(c=":"), "tOe19FPfwx7durfdZY22FFfRYB1hvliwYooXRbUNHwA="),
    ("PUT", f"https://dataflow.apigw.ntruss.com{EXECUTIONS}", "cF7wfHgZXTmVqV45/20tqbEoJaUormr6yewIc8KEYak="),
]
EXAMPLE_MOMENT = datetime(2025, 3, 20, 4, 7, 34, tzinfo=UTC)


def sent(method: str, url: str, clock: FakeClock, params: dict[str, str] | None = None) -> httpx.Request:
    """Return the request as it reaches the transport."""
    caught: list[httpx.Request] = []

    def catch(request: httpx.Request) -> httpx.Response:
        caught.append(request)
        return httpx.Response(200)

    auth = NcpSignatureV2(ACCESS_KEY, SECRET_KEY, clock)
    with open_client("https://dataflow.apigw.ntruss.com", auth, httpx.MockTransport(catch)) as client:
        client.request(method, url, params=params)
    return caught[0]


@pytest.mark.parametrize(("method", "target", "expected"), [*VECTORS, *NOT_WHAT_IS_SENT])
def test_the_published_vectors_are_reproduced(method: str, target: str, expected: str) -> None:
    """Each row of the table gives its signature, also those that show what goes wrong."""
    assert expected == sign(SECRET_KEY, method, target, TIMESTAMP_MS, ACCESS_KEY)


def test_the_vector_of_another_client_is_reproduced() -> None:
    """The vector in the tests of an independent client, for another service of the same gateway, comes out too."""
    expected = "xBcE26XFU55BMjppdPT7ZY3oDrqoOedfPyAn3Cq4lUw="
    target = "/vserver/v2/createServerInstances?regionCode=KR"
    assert expected == sign("SK_TEST", "post", target, "1700000000000", "AK_TEST")


@pytest.mark.parametrize(("method", "target", "expected"), VECTORS)
def test_requests_carry_the_published_signatures(method: str, target: str, expected: str) -> None:
    """A request sent at the moment of the vectors has their timestamp, key and signature."""
    request = sent(method, target, FakeClock(EXAMPLE_MOMENT))
    assert [TIMESTAMP_MS, ACCESS_KEY, expected] == [
        request.headers[name] for name in (TIMESTAMP_HEADER, ACCESS_KEY_HEADER, SIGNATURE_HEADER)
    ]


def test_a_query_is_signed_as_encoded() -> None:
    """Colons given in clear are sent, and so signed, percent-encoded."""
    dates = {"startDate": "2025-03-19T00:00:00", "endDate": "2025-03-20T23:59:59"}
    request = sent("GET", "/api/v1/stats/executions", FakeClock(EXAMPLE_MOMENT), dates)
    assert request.headers[SIGNATURE_HEADER] == "SA0TZWn+f7NtPUSxxS5vQdyDLYjSUXZPM7byhkxX7Aw="


def test_each_sending_is_signed_for_its_own_moment() -> None:
    """Two sendings through one signer have the times of their sending and different signatures."""
    clock = FakeClock(EXAMPLE_MOMENT)
    first = sent("GET", "/api/v1/jobs", clock)
    clock.move_on(milliseconds=1)
    second = sent("GET", "/api/v1/jobs", clock)
    assert [each.headers[TIMESTAMP_HEADER] for each in (first, second)] == ["1742443654000", "1742443654001"]
    assert first.headers[SIGNATURE_HEADER] != second.headers[SIGNATURE_HEADER]


@given(
    method=st.sampled_from(["GET", "PUT", "POST", "PATCH", "DELETE"]),
    segments=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), max_size=4),
    query=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=9), st.text("aZ0:%&=+ 한é/?#", max_size=9)
    ),
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone itself
)
def test_the_signature_covers_the_bytes_of_the_request_line(
    method: str, segments: list[str], query: dict[str, str], moment: datetime
) -> None:
    """Whatever path and query are asked for, the signature is that of the target on the wire, made a second way."""
    path = "".join(f"/{quote(each, safe='*:@!')}" for each in segments)
    request = sent(method, f"/api/v1{path}", FakeClock(moment), query)
    timestamp = request.headers[TIMESTAMP_HEADER]
    line = method.encode() + b" " + request.url.raw_path
    message = b"\n".join([line, timestamp.encode(), ACCESS_KEY.encode()])
    expected = base64.standard_b64encode(hmac.digest(SECRET_KEY.encode(), message, hashlib.sha256)).decode()
    assert expected == request.headers[SIGNATURE_HEADER]
    assert abs(int(timestamp) - moment.timestamp() * 1000) <= 1


def test_the_signer_does_not_show_its_keys() -> None:
    """Neither repr nor str has a key in it."""
    shown = (
        f"{NcpSignatureV2(ACCESS_KEY, SECRET_KEY, FakeClock())!r}{NcpSignatureV2(ACCESS_KEY, SECRET_KEY, FakeClock())}"
    )
    assert shown == "NcpSignatureV2(...)NcpSignatureV2(...)"


@pytest.mark.parametrize("wrong", ["", "ends-with-a-break\n", "has a space", "käse", "null\x00"])
def test_keys_that_cannot_be_sent_are_refused_unseen(wrong: str) -> None:
    """A key with characters that no header can carry is refused before it could appear in an error of the library."""
    with pytest.raises(SettingsInvalid) as caught:
        NcpSignatureV2(wrong, wrong, FakeClock())
    assert [problem.split("NAVER Cloud ")[1].split(" is")[0] for problem in caught.value.problems] == [
        "access key",
        "secret key",
    ]
    assert wrong == "" or wrong not in str(caught.value)
