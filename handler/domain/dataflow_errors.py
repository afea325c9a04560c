"""What the Data Flow API may answer instead of doing what was asked; the tree is drawn in ``errors.py``."""

from __future__ import annotations

from handler.domain.errors import SluiceError


class DataFlowError(SluiceError):
    """The Data Flow API did not do what was asked.

    ``operation`` is its documented name (getJobById ...), ``status`` the HTTP status, ``code`` and ``message`` the
    API's own words, shortened; each may be absent.
    """

    may_have_changed = False

    def __init__(
        self,
        operation: str,
        *,
        status: int | None = None,
        code: str | None = None,
        message: str | None = None,
    ) -> None:
        super().__init__(f"{type(self).__name__} at {operation}: status={status} code={code} message={message}")
        self.operation = operation
        self.status = status
        self.code = code
        self.message = message


class DataFlowRefused(DataFlowError):
    """A definite no: nothing was changed."""


class AuthenticationFailed(DataFlowRefused):
    """The keys or the signature were not accepted (HTTP 401, code 200)."""


class ClockSkewed(DataFlowRefused):
    """The signature's time is more than five minutes off the gateway's; ``seconds`` is our clock minus theirs."""

    def __init__(self, operation: str, *, seconds: int, status: int | None = None, code: str | None = None) -> None:
        super().__init__(operation, status=status, code=code)
        self.seconds = seconds


class PermissionDenied(DataFlowRefused):
    """The keys are good, but may not do this (HTTP 401 with code 210, or 403)."""


class NotFound(DataFlowRefused):
    """There is no such thing (HTTP 404)."""


class BadParameter(DataFlowRefused):
    """A value was not accepted (HTTP 400, or another 4xx)."""


class BadState(DataFlowRefused):
    """The job's state does not allow this (HTTP 400 bad-state)."""


class Throttled(DataFlowRefused):
    """Too many requests (HTTP 429); ``retry_after_seconds`` when the API said so."""

    def __init__(
        self,
        operation: str,
        *,
        code: str | None = None,
        message: str | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(operation, status=429, code=code, message=message)
        self.retry_after_seconds = retry_after_seconds


class DataFlowUnclear(DataFlowError):
    """No usable answer came: a write may have been done all the same.

    ``may_have_changed`` is False when that is ruled out: a read, or a write that no connection was made for.
    """

    def __init__(
        self,
        operation: str,
        *,
        status: int | None = None,
        code: str | None = None,
        message: str | None = None,
        may_have_changed: bool = True,
    ) -> None:
        super().__init__(operation, status=status, code=code, message=message)
        self.may_have_changed = may_have_changed


class DataFlowUnavailable(DataFlowUnclear):
    """The API or the way to it is down (connection failed, HTTP 5xx)."""


class DataFlowTimedOut(DataFlowUnclear):
    """No answer came in time."""


class DataFlowUnreadable(DataFlowUnclear):
    """An answer came that is not what the API documents."""
