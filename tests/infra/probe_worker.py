"""Stands in for the worker in the deployed stack: does what it is asked with the worker's own role, or fails."""

from typing import Any

import boto3


def handler(event: dict[str, Any], _context: object) -> dict[str, object]:
    """Answer `{"call": [service, operation, arguments]}` with "done" or the AWS error's code; fail for all the rest.

    A submitted form, handed over synchronously, is answered with its own hand-over, so that a test sees what came.
    """
    if event.get("kind") == "interaction":
        return {"status": 200, "headers": {"content-type": "application/json"}, "body": repr(event["body"])}
    if "call" not in event:
        raise RuntimeError("this hand-over was to fail")
    service, operation, arguments = event["call"]
    client = boto3.client(service)
    try:
        getattr(client, operation)(**arguments)
    except client.exceptions.ClientError as error:
        return {"was": error.response["Error"]["Code"]}
    return {"was": "done"}
