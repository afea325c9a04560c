"""What was asked for on the command line: taken as it is, or stopped with what to type."""

import pytest
import yaml  # type: ignore[import-untyped]  # comes with moto; its stubs would be one more dependency

from infra.deploy.errors import Stopped
from infra.deploy.order import Order, order
from infra.local.stack import ROOT

REGIONS = {"ap-northeast-2", "us-east-1"}


def stopped(
    stage: str = "prod", region: str | None = "us-east-1", parameters: tuple[str, ...] = (), verb: str = "deploy"
) -> str:
    """The one sentence that is said instead of going on."""
    with pytest.raises(Stopped) as why:
        order(verb, stage, region, REGIONS, parameters)
    return str(why.value)


def test_what_was_typed_is_what_is_meant() -> None:
    """Stage, region and parameters are taken over; a value may hold any sign, also an equals sign."""
    meant = order("deploy", "prod-2", "ap-northeast-2", REGIONS, ["logLevel=DEBUG", "tableKey=alias/a=b"])

    assert meant == Order("prod-2", "ap-northeast-2", {"logLevel": "DEBUG", "tableKey": "alias/a=b"})
    assert meant.stack == "sluice-prod-2"


@pytest.mark.parametrize(
    ("parameters", "architecture"), [((), "arm64"), (("architecture=x86_64",), "x86_64"), (("logLevel=INFO",), "arm64")]
)
def test_the_artifact_is_built_for_the_functions_processor(parameters: tuple[str, ...], architecture: str) -> None:
    """The parameter that decides the functions' processor decides the build's as well."""
    assert order("deploy", "prod", "us-east-1", REGIONS, parameters).architecture == architecture


@pytest.mark.parametrize("verb", ["deploy", "secrets", "remove"])
def test_a_deployment_without_a_name_is_not_started(verb: str) -> None:
    """STAGE has no default: nobody deploys to production by leaving a word out; the example is of what was called."""
    assert stopped(stage="", verb=verb) == f"Which deployment? Name it, for example: make {verb} STAGE=prod"


@pytest.mark.parametrize(
    "stage", ["Prod", "1st", "-a", "a_b", "a b", "prod;rm", "a" * 21, "prod\n", "프로드", "../prod"]
)
def test_a_name_that_cannot_be_one_is_refused(stage: str) -> None:
    """The name becomes part of names in AWS, so it is short, lower-case and plain."""
    assert stopped(stage=stage).startswith(f"{stage!r} is no name for a stage: take a lower-case letter")


def test_the_laptops_stage_is_not_for_real_accounts() -> None:
    """The playground's tables are not protected, so its name is refused."""
    assert "take another name" in stopped(stage="playground")


@pytest.mark.parametrize("verb", ["deploy", "secrets", "remove"])
def test_a_missing_region_is_said(verb: str) -> None:
    """Nothing is done in a region that nobody named; the example is of what was called."""
    assert stopped(region=None, verb=verb) == (
        f"No AWS region is set: say which, for example: make {verb} STAGE=prod REGION=ap-northeast-2"
    )


def test_a_region_that_aws_does_not_have_is_refused() -> None:
    """A slip in the region's name is found before anything is asked of AWS."""
    assert stopped(region="ap-north-2").startswith("AWS has no region 'ap-north-2'")


@pytest.mark.parametrize("word", ["approvalsChannel", "=C1", "a b=c", "--x=1"])
def test_a_parameter_without_name_or_value_is_refused(word: str) -> None:
    """The message shows how one is written."""
    assert stopped(parameters=(word,)).startswith(f"{word!r} is no parameter: write it as --param NAME=VALUE")


def test_a_parameter_that_there_is_not_is_refused_and_those_that_there_are_are_listed() -> None:
    """The deploy tool would take no notice of a slip in a name; the list is that of serverless.yml."""
    text = (ROOT / "serverless.yml").read_text(encoding="utf-8")
    params = yaml.safe_load(text[text.index("params:") : text.index("provider:")])["params"]["default"]
    names = ", ".join(sorted(name for name in params if name != "artifacts"))

    assert stopped(parameters=("aprovalsChannel=C1",)) == (
        f"There is no parameter 'aprovalsChannel': those of serverless.yml are {names}."
    )


def test_an_architecture_that_lambda_does_not_have_is_refused() -> None:
    """Found before the build, which would be for nothing."""
    assert "architecture=arm64 or architecture=x86_64" in stopped(parameters=("architecture=riscv",))
