"""The environment → settings, with every problem at once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.front.config import read
from tests.unit.front.doors import ENVIRON

BARE = {name: value for name, value in ENVIRON.items() if name != "AWS_ENDPOINT_URL"}


def test_complete_settings_have_no_problem() -> None:
    """What the contract asks for is enough; the rest has defaults."""
    made = read(BARE)
    assert made.problems == ()
    assert (made.command, made.log_level, made.worker) == ("/dataflow", "INFO", "sluice-worker")


def test_values_are_read_without_the_space_around_them() -> None:
    """A line end that slipped into a variable is no part of its value."""
    made = read(BARE | {"SLACK_SIGNING_SECRET": "s\n", "WORKER_FUNCTION": " w "})
    assert (made.signing_secret, made.worker, made.problems) == ("s", "w", ())


def test_every_problem_is_listed_once() -> None:
    """An empty environment is told in full, in one go."""
    assert read({}).problems == (
        (
            'SLACK_SECRET_ID is not set: the Secrets Manager id of {"signing_secret": "…"}; '
            "SLACK_SIGNING_SECRET gives the secret itself on a laptop."
        ),
        "WORKER_FUNCTION is not set: the name or ARN of the worker function.",
        "AWS_REGION is not set: the AWS region of the worker.",
    )


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("WORKER_FUNCTION", "a/b", "WORKER_FUNCTION is not the name or ARN of a Lambda function."),
        ("WORKER_FUNCTION", "..", "WORKER_FUNCTION is not the name or ARN of a Lambda function."),
        ("WORKER_FUNCTION", "w" * 171, "WORKER_FUNCTION is not the name or ARN of a Lambda function."),
        ("AWS_REGION", "ap northeast", "AWS_REGION is not an AWS region such as ap-northeast-2."),
        ("AWS_REGION", "x@evil.example/", "AWS_REGION is not an AWS region such as ap-northeast-2."),
        ("SLACK_COMMAND", "dataflow", "SLACK_COMMAND is not a slash command such as /dataflow."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is not one of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
        ("AWS_ENDPOINT_URL", "ftp://127.0.0.1", "AWS_ENDPOINT_URL is not an http or https address."),
        ("AWS_ENDPOINT_URL", "127.0.0.1:4566", "AWS_ENDPOINT_URL is not an http or https address."),
        ("AWS_ENDPOINT_URL", "http://[::1", "AWS_ENDPOINT_URL is not an http or https address."),
        ("AWS_ENDPOINT_URL", "http://h:70000", "AWS_ENDPOINT_URL is not an http or https address."),
        ("AWS_ENDPOINT_URL", "http://h/a b", "AWS_ENDPOINT_URL is not an http or https address."),
        ("AWS_ENDPOINT_URL", "http://h/?q", "AWS_ENDPOINT_URL is not an http or https address."),
        ("AWS_ENDPOINT_URL_LAMBDA", "http://", "AWS_ENDPOINT_URL_LAMBDA is not an http or https address."),
        (
            "AWS_ENDPOINT_URL_SECRETS_MANAGER",
            "http://h\x00",
            "AWS_ENDPOINT_URL_SECRETS_MANAGER is not an http or https address.",
        ),
    ],
)
def test_wrong_value_is_a_problem(variable: str, value: str, problem: str) -> None:
    """Each setting of a wrong form has its sentence, which does not show the value."""
    assert read(BARE | {variable: value}).problems == (problem,)


@pytest.mark.parametrize(
    ("environ", "lambda_url", "secrets_url"),
    [
        (
            {"AWS_REGION": "ap-northeast-2"},
            "https://lambda.ap-northeast-2.amazonaws.com",
            "https://secretsmanager.ap-northeast-2.amazonaws.com",
        ),
        (
            {"AWS_REGION": "", "AWS_DEFAULT_REGION": "cn-north-1"},
            "https://lambda.cn-north-1.amazonaws.com.cn",
            "https://secretsmanager.cn-north-1.amazonaws.com.cn",
        ),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566/"}, "http://127.0.0.1:4566", "http://127.0.0.1:4566"),
        (
            {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_LAMBDA": "http://b/base"},
            "http://b/base",
            "http://a",
        ),
        (
            {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://[::1]:80"},
            "http://a",
            "http://[::1]:80",
        ),
        (
            {"AWS_ENDPOINT_URL": "http://a", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"},
            "https://lambda.ap-northeast-2.amazonaws.com",
            "https://secretsmanager.ap-northeast-2.amazonaws.com",
        ),
    ],
)
def test_endpoints_are_found_as_aws_sdks_find_them(environ: dict[str, str], lambda_url: str, secrets_url: str) -> None:
    """A service's own variable wins over the common one, and that over the public address of the region."""
    made = read(BARE | environ)
    assert (made.lambda_url, made.secrets_url, made.problems) == (lambda_url, secrets_url, ())


@given(st.dictionaries(st.sampled_from([*ENVIRON, "SLACK_SECRET_ID", "LOG_LEVEL", "SLACK_COMMAND"]), st.text()))
@settings(deadline=None)
def test_reading_never_raises(environ: dict[str, str]) -> None:
    """Any values give settings, and sentences for what is wrong."""
    made = read(environ)
    assert all(problem.endswith(".") for problem in made.problems)


def test_settings_never_show_themselves() -> None:
    """A log or a traceback that prints the settings prints no secret."""
    assert repr(read(BARE)) == "Settings(…)"
