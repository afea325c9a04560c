"""What each neighbour says when it is overloaded or broken, as its documents have it."""

from __future__ import annotations

import json

from infra.local.dataflow.refusals import body_of, row_for

GARBAGE = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>It works!</body></html>\n"

JSON = {"content-type": "application/json"}
AWS_JSON = {"content-type": "application/x-amz-json-1.0"}
RETRY_AFTER_SECONDS = "1"


def refusal(neighbour: str, *, is_throttled: bool) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body with which a neighbour says "too many" or "I am broken"."""
    match neighbour, is_throttled:
        case "aws", True:  # DynamoDB API reference, "Common errors"; Secrets Manager says the same
            return 400, AWS_JSON, _aws("ThrottlingException")
        case "aws", False:
            return 500, AWS_JSON, _aws("InternalServerError")
        case "slack", True:  # docs.slack.dev/apis/web-api/rate-limits
            return 429, {**JSON, "retry-after": RETRY_AFTER_SECONDS}, b'{"ok": false, "error": "ratelimited"}'
        case "slack", False:
            return 503, {"content-type": "text/html"}, b"<html><body><h1>Service Unavailable</h1></body></html>"
        case "lambda", True:  # API_Invoke, "Errors"
            return (
                429,
                {**JSON, "x-amzn-errortype": "TooManyRequestsException"},
                b'{"Reason": "CallerRateLimitExceeded"}',
            )
        case "lambda", False:
            return 500, {**JSON, "x-amzn-errortype": "ServiceException"}, b'{"Message": "internal"}'
        case _, True:
            return 429, {**JSON, "retry-after": RETRY_AFTER_SECONDS}, _ncp(429)
        case _:
            return 503, JSON, _ncp(503)


def _ncp(status: int) -> bytes:
    return json.dumps(body_of(row_for(status), "Injected.", "error")).encode()


def _aws(word: str) -> bytes:
    return json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{word}", "message": word}).encode()
