"""NAVER's keys, by a signed read, and how far this machine's clock is from NAVER's."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from handler.adapters.dataflow.client import GET_JOBS, JOBS_PATH, open_client
from handler.adapters.dataflow.exchange import Call, exchange
from handler.adapters.dataflow.lenient import document
from handler.adapters.dataflow.retry import Deadline, Patience
from handler.adapters.dataflow.signature import NcpSignatureV2
from handler.adapters.dataflow.wire import job_page
from handler.domain.dataflow_errors import (
    AuthenticationFailed,
    ClockSkewed,
    DataFlowError,
    DataFlowRefused,
    NotFound,
    PermissionDenied,
    Throttled,
)
from handler.domain.errors import SettingsInvalid
from handler.entrypoints.doctor.findings import Green, NotChecked, Red

if TYPE_CHECKING:
    from datetime import datetime

    from handler.entrypoints.doctor.findings import Verdict
    from handler.ports import Clock
    from handler.settings import NcpKeys

MOST_SKEW_SECONDS: Final = 60
"""NAVER refuses beyond 300 (data-flow-api.md, "Authentication"); a clock that is a minute off is on its way there."""
SET_CLOCK: Final = "sudo timedatectl set-ntp true   (this machine's clock; that of Lambda is AWS's business)"
KEYS_PAGE: Final = "https://www.ncloud.com → My Page → Authentication key management; then put both into the secret"
SUB_ACCOUNT: Final = "NAVER Cloud console → Sub Account: give the key's owner Data Flow (view and change)"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a signed read told: how many jobs there are, and our clock minus NAVER's, None when it did not say."""

    jobs: int
    skew_seconds: float | None


def read_jobs(url: str, keys: NcpKeys, clock: Clock) -> Seen | Red:
    """Read the list of jobs once, with the keys."""
    patience = Patience()
    call = Call(GET_JOBS, "GET", JOBS_PATH)
    try:
        auth = NcpSignatureV2(keys.access_key.get_secret_value(), keys.secret_key.get_secret_value(), clock)
        with open_client(url, auth) as client:
            deadline = Deadline.after(clock, patience.deadline_seconds)
            answer = exchange(client, call, tried=1, patience=patience, deadline=deadline)
        return Seen(job_page(document(answer.body)).size, _skew(answer.headers.get("date", ""), answer.at))
    except SettingsInvalid as error:
        return Red(f"{error}.", KEYS_PAGE)
    except DataFlowError as error:
        return _red(error, url)
    except ValueError:
        return Red(f"What answers at {url} does not speak as Data Flow does.", "look at NCP_DATAFLOW_URL, then deploy")


def check_clock(seen: Seen) -> Verdict:
    """Compare clocks: a signature is good for five minutes."""
    if seen.skew_seconds is None:
        return NotChecked("NAVER did not say what time it is")
    off = round(abs(seen.skew_seconds))
    if off > MOST_SKEW_SECONDS:
        way = "ahead of" if seen.skew_seconds > 0 else "behind"
        return Red(f"This machine's clock is {off} s {way} NAVER's; beyond 300 s no signature is taken.", SET_CLOCK)
    return Green(f"{off} s from NAVER's")


def _skew(date: str, at: datetime) -> float | None:
    try:
        theirs = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return None
    return (at - theirs).total_seconds() if theirs.tzinfo else None


def _red(error: DataFlowError, url: str) -> Red:
    match error:
        case ClockSkewed():
            way = "ahead" if error.seconds > 0 else "behind"
            return Red(
                f"NAVER refused the time of the signature: this clock is {abs(error.seconds)} s {way}.", SET_CLOCK
            )
        case AuthenticationFailed():
            return Red("NAVER does not take these keys.", KEYS_PAGE)
        case PermissionDenied():
            return Red("NAVER takes the keys, but they may not read Data Flow.", SUB_ACCOUNT)
        case NotFound():
            return Red(f"There is no Data Flow API at {url}.", "look at NCP_DATAFLOW_URL, then deploy")
        case Throttled():
            return Red("NAVER asks to wait: too many calls.", "run this again in a minute")
        case DataFlowRefused():
            return Red(f"NAVER refused a read (HTTP {error.status}, {error.code}).", KEYS_PAGE)
        case _:
            status = f", HTTP {error.status}" if error.status else ""
            return Red(f"Data Flow gave no answer at {url} ({type(error).__name__}{status}).", f"curl -i {url}")
