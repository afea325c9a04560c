"""A client for tests: signs requests as the published vectors are signed, at the time of the world it talks to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from infra.local.dataflow.signature import ACCESS_KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from infra.local.dataflow.world import PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY

if TYPE_CHECKING:
    import httpx

    from infra.local.dataflow import Served, World

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
IMPATIENT_S = 0.2


def signed(
    method: str,
    target: str,
    *,
    at: datetime = NOW,
    access_key: str = PLAYGROUND_ACCESS_KEY,
    secret_key: str = PLAYGROUND_SECRET_KEY,
) -> dict[str, str]:
    """Return the three headers of a request signed at a moment."""
    timestamp = str(int(at.timestamp() * 1000))
    return {
        TIMESTAMP_HEADER: timestamp,
        ACCESS_KEY_HEADER: access_key,
        SIGNATURE_HEADER: sign(secret_key, method, target, timestamp, access_key),
    }


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self.now

    def forward(self, **by: float) -> None:
        """Move on, by the arguments of timedelta."""
        self.now += timedelta(**by)


@dataclass
class Caller:
    """Calls one running simulator."""

    served: Served
    http: httpx.Client

    @property
    def world(self) -> World:
        """The world behind the simulator."""
        return self.served.world

    def call(self, method: str, target: str, body: object = None, timeout: float = 5.0) -> httpx.Response:
        """Send a signed request with a JSON body."""
        headers = signed(method, target, at=self.world.clock())
        return self.http.request(method, self.served.url + target, json=body, headers=headers, timeout=timeout)

    def send(self, method: str, target: str, content: bytes, headers: dict[str, str]) -> httpx.Response:
        """Send bytes with these headers, whatever they are."""
        url = self.served.url + target
        return self.http.request(method, url, content=content, headers=headers, timeout=5.0)

    def put(self, job_id: str, timeout: float = 5.0, **changes: Any) -> httpx.Response:
        """Send a job's stored settings back with some of them changed."""
        sent = {**self.world.job(job_id)["runCondition"], **changes}
        return self.call("PUT", f"/api/v1/jobs/{job_id}/executions", {"jobCondition": sent}, timeout=timeout)

    def control(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Call a control endpoint."""
        return self.http.request(method, f"{self.served.url}/_control{path}", json=body, timeout=5.0)

    def fault(self, **rule: Any) -> httpx.Response:
        """Switch a fault on."""
        return self.control("POST", "/faults", rule)
