"""Secrets: the keys that were asked for, or sentences in which no secret stands."""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from handler.adapters.secrets import read_secret
from handler.domain.errors import SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

HIDDEN = "playground-secret"


class Manager:
    """A Secrets Manager that answers, or fails, always the same."""

    def __init__(self, answer: Mapping[str, Any] | Exception) -> None:
        self._answer = answer
        self.asked: list[str] = []

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: N803 - AWS spells its parameters so
        """Answer."""
        self.asked.append(SecretId)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def refusal(code: str) -> ClientError:
    """Make the error of boto3 for a code of AWS."""
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "GetSecretValue")


def problems_of(answer: Mapping[str, Any] | Exception, *keys: str) -> tuple[str, ...]:
    """Return what is said when this is read, after a look that nothing of the secret can be seen anywhere."""
    with pytest.raises(SettingsInvalid) as caught:
        read_secret(Manager(answer), "sluice/dev/ncp", keys or ("access_key",))
    travelling = [vars(each) for each in (caught.value, caught.value.__cause__, caught.value.__context__) if each]
    assert HIDDEN not in "".join(traceback.format_exception(caught.value)) + repr(travelling)
    return caught.value.problems


def test_the_asked_keys_are_returned_and_hidden() -> None:
    """Only the keys that were asked for come back, without surrounding blanks, and none shows itself."""
    secret = json.dumps({"access_key": "playground-access\n", "secret_key": HIDDEN, "other": "x"})
    manager = Manager({"SecretString": secret})

    found = read_secret(manager, "sluice/dev/ncp", ("access_key", "secret_key"))

    assert {key: value.get_secret_value() for key, value in found.items()} == {
        "access_key": "playground-access",
        "secret_key": HIDDEN,
    }
    assert HIDDEN not in repr(found)
    assert manager.asked == ["sluice/dev/ncp"]


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (
            refusal("ResourceNotFoundException"),
            "it does not exist in this account and region, or it has no value yet (ResourceNotFoundException)",
        ),
        (
            refusal("AccessDeniedException"),
            "this function's role may not read it (secretsmanager:GetSecretValue) (AccessDeniedException)",
        ),
        (refusal("ThrottlingException"), "it could not be read (ThrottlingException)"),
        (ClientError({}, "GetSecretValue"), "it could not be read (no code)"),
        (
            EndpointConnectionError(endpoint_url="http://127.0.0.1:1/"),
            "Secrets Manager could not be asked (EndpointConnectionError)",
        ),
        ({"SecretBinary": b"x"}, "it is empty; put a JSON object into it"),
        ({"SecretString": "  "}, "it is empty; put a JSON object into it"),
        ({"SecretString": HIDDEN}, "it is not a JSON object"),
        ({"SecretString": "[" * 100_000}, "it is not a JSON object"),
        ({"SecretString": json.dumps([HIDDEN])}, "it is not a JSON object"),
        (
            {"SecretString": json.dumps({"secret_key": HIDDEN})},
            'it has no "access_key", or not as a text with something in it',
        ),
        (
            {"SecretString": json.dumps({"access_key": 7, "secret_key": HIDDEN})},
            'it has no "access_key", or not as a text with something in it',
        ),
    ],
)
def test_a_secret_that_cannot_be_used_says_why(answer: Mapping[str, Any] | Exception, cause: str) -> None:
    """Each way in which a secret can be wrong has a sentence with its id and the cause, and never its value."""
    assert problems_of(answer) == (f"The secret sluice/dev/ncp cannot be used: {cause}.",)


def test_every_missing_key_is_told() -> None:
    """Two missing keys are two sentences, in the order in which they were asked for."""
    answer = {"SecretString": json.dumps({"signing_secret": HIDDEN, "b": " "})}

    assert [problem.split('"')[1] for problem in problems_of(answer, "b", "a", "signing_secret")] == ["b", "a"]


@given(st.text())
def test_no_content_raises_anything_but_the_problem(content: str) -> None:
    """Whatever somebody put into a secret, it is either used or refused in sentences."""
    with pytest.raises(SettingsInvalid, match="cannot be used"):
        read_secret(Manager({"SecretString": content}), "s", ("a key that is not in it",))
