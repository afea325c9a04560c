"""An empty handler plus one local call: the least that hands anything over. Unsigned, unverified, not a product."""

from __future__ import annotations

import http.client
import os
from urllib.parse import urlsplit

_TARGET = urlsplit(os.environ["AWS_ENDPOINT_URL_LAMBDA"])


def handler(_event: object, _context: object) -> dict[str, object]:
    """Post to the stub of Lambda's Invoke, then acknowledge."""
    connection = http.client.HTTPConnection(_TARGET.hostname or "", _TARGET.port)
    connection.request("POST", "/2015-03-31/functions/worker/invocations", b"{}")
    connection.getresponse().read()
    connection.close()
    return {"statusCode": 200, "body": ""}
