"""The refusals that NAVER documents, and the shapes of body in which they arrive.

Sources: the common code table of API Gateway (https://api-gov.ncloud-docs.com/docs/api-call-lgc-errorhandling) and the
status table of Data Flow (https://api.ncloud-docs.com/docs/analytics-dataflow). The gateway numbers its rows. Data
Flow's Code column is a dash in every readable row and the kebab words stand in its Message column; here they are the
code too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from infra.local.dataflow.catalogue import JsonObject

ErrorShape = Literal["error", "detail"]


@dataclass(frozen=True)
class Row:
    """One documented row: HTTP status, the API's own code, its message."""

    status: int
    code: str
    message: str


BAD_ENCODING = Row(400, "100", "Bad Request Exception")
AUTHENTICATION_FAILED = Row(401, "200", "Authentication Failed")
PERMISSION_DENIED = Row(401, "210", "Permission Denied")
NO_SUCH_URL = Row(404, "300", "Not Found Exception")

GATEWAY_ROWS = (
    BAD_ENCODING,
    AUTHENTICATION_FAILED,
    PERMISSION_DENIED,
    Row(403, "230", "Forbidden"),
    NO_SUCH_URL,
    Row(413, "430", "Request Entity Too Large"),
    Row(429, "400", "Quota Exceeded"),
    Row(429, "410", "Throttle Limited"),
    Row(429, "420", "Rate Limited"),
    Row(500, "900", "Unexpected Error"),
    Row(503, "500", "Endpoint Error"),
    Row(504, "510", "Endpoint Timeout"),
)

BAD_REQUEST = Row(400, "bad-request", "Bad Request")
BAD_PARAMETER = Row(400, "bad-parameter", "bad-parameter")
BAD_STATE = Row(400, "bad-state", "bad-state")
# Every copy of Data Flow's table is cut off after bad-state. G1's pages list 404 per operation without its word.
NOT_FOUND = Row(404, "not-found", "not-found")

SERVICE_ROWS = (BAD_REQUEST, BAD_PARAMETER, BAD_STATE, NOT_FOUND)


class RefusedError(Exception):
    """The request is answered with a documented error row and nothing is changed."""

    def __init__(self, row: Row, details: str) -> None:
        super().__init__(f"{row.status} {row.code}: {details}")
        self.row = row
        self.details = details


def row_for(status: int, code: str | None = None) -> Row:
    """Return the documented row of an HTTP status, its first one unless the code says which.

    Raises:
        LookupError: no such row is documented.
    """
    for row in GATEWAY_ROWS + SERVICE_ROWS:
        if row.status == status and code in (None, row.code):
            return row
    raise LookupError(f"no documented row has status {status} and code {code!r}")


def body_of(row: Row, details: str, shape: ErrorShape) -> JsonObject:
    """Write a row as a JSON body.

    API Gateway always wraps in `error`. Data Flow's own refusals wrap in `error` by its overview page, and are flat
    `detail` and `errorType` by NAVER's sample (NaverCloudPlatform/cloud-functions, samples/python/dataflow): `shape`
    chooses. `errorCode` is a string, as observed, although the gateway's page calls it an Integer.
    """
    if row in SERVICE_ROWS and shape == "detail":
        return {"detail": details, "errorType": row.code}
    return {"error": {"errorCode": row.code, "message": row.message, "details": details}}
