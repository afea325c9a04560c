"""boto3 clients for the local AWS that cannot reach the real one, whatever the user's own settings say."""

import os
from typing import Any

import boto3.session
import botocore.session
from botocore.config import Config

# Read from nowhere: a profile, a file or a proxy of the user's must neither break nor lead astray the playground.
_NOWHERE = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def local_client(service: str, endpoint_url: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """A client of one AWS service at this address, with invented keys and nothing read from the user's settings."""
    session = boto3.session.Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name=region,
        botocore_session=botocore.session.Session(session_vars=_NOWHERE),
    )
    quick = Config(proxies={}, connect_timeout=5, read_timeout=60, retries={"max_attempts": 2})
    return session.client(service, endpoint_url=endpoint_url, config=quick)  # type: ignore[call-overload]
