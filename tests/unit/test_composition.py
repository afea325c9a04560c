"""What the composition root says when something it needs is not as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from handler.domain.errors import SettingsInvalid
from handler.settings import worker_settings
from handler.wiring.composition import compose

if TYPE_CHECKING:
    from pathlib import Path


def test_whatever_is_wrong_with_secrets_and_policy_is_said_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who mends it does not have to come back for the next problem."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    settings = worker_settings(
        {
            "SLACK_SECRET_ID": "sluice/none/slack-bot",
            "NCP_SECRET_ID": "sluice/none/ncp",
            "REQUESTS_TABLE": "requests",
            "AUDIT_TABLE": "audit",
            "POLICY_DIR": str(tmp_path),
        }
    )
    with mock_aws(), pytest.raises(SettingsInvalid) as caught:
        compose(settings)
    said = "\n".join(caught.value.problems)
    for what in ("sluice/none/slack-bot", "sluice/none/ncp", "policy.cedar"):
        assert what in said
