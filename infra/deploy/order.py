"""What was asked for on the command line, checked before anything is looked at: plain functions over texts."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from infra.deploy.errors import Stopped
from infra.local.deploy import STAGE as PLAYGROUND
from infra.package.target import WHEEL_ARCHITECTURES

STAGE = re.compile(r"[a-z][a-z0-9-]{0,19}")
# The params of serverless.yml that a deployer chooses.
NAMES = (
    "alarmEmail",
    "approvalsChannel",
    "architecture",
    "auditAdmin",
    "dataflowUrl",
    "deletionProtection",
    "frontConcurrency",
    "logLevel",
    "slackApiUrl",
    "slackCommand",
    "tableKey",
    "whenStackGoes",
)
PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9]*=.*")


@dataclass(frozen=True, slots=True)
class Order:
    """Which deployment is meant.

    Args:
        stage: tells deployments of one account apart; part of every resource's name.
        region: of AWS.
        parameters: values for serverless.yml's `params`, by name.
    """

    stage: str
    region: str
    parameters: Mapping[str, str]

    @property
    def stack(self) -> str:
        """The stack's name; the resources' names begin with it."""
        return f"sluice-{self.stage}"

    @property
    def architecture(self) -> str:
        """Of the functions' processors, as serverless.yml defaults it."""
        return self.parameters.get("architecture", "arm64")

    @property
    def front_concurrency(self) -> int:
        """How many events front may answer at once, as serverless.yml defaults it."""
        return int(self.parameters.get("frontConcurrency", "10"))


def order(
    verb: str, stage: str, region: str | None, known_regions: Collection[str], parameters: Iterable[str]
) -> Order:
    """What is meant by these words.

    Args:
        verb: what is to be done, `make`'s word for it.
        stage: as typed.
        region: as typed, or as the environment or the profile says; None when nobody does.
        known_regions: those that AWS has.
        parameters: each `NAME=VALUE`.

    Raises:
        Stopped: one of them is missing or cannot be.
    """
    return Order(_stage(verb, stage), _region(verb, region, known_regions), _parameters(parameters))


def _stage(verb: str, text: str) -> str:
    if not text:
        raise Stopped(f"Which deployment? Name it, for example: make {verb} STAGE=prod")
    if not STAGE.fullmatch(text):
        raise Stopped(
            f"{text!r} is no name for a stage: take a lower-case letter and up to 19 more letters, digits or dashes,"
            " for example STAGE=prod."
        )
    if text == PLAYGROUND:
        raise Stopped(
            f"The stage {PLAYGROUND} is the laptop's, whose tables nothing protects: take another name, for example"
            " STAGE=prod."
        )
    return text


def _region(verb: str, region: str | None, known: Collection[str]) -> str:
    if not region:
        raise Stopped(f"No AWS region is set: say which, for example: make {verb} STAGE=prod REGION=ap-northeast-2")
    if region not in known:
        raise Stopped(f"AWS has no region {region!r}: say another, for example REGION=ap-northeast-2 for Seoul.")
    return region


def _parameters(words: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        if not PARAMETER.fullmatch(word):
            raise Stopped(f"{word!r} is no parameter: write it as --param NAME=VALUE.")
        name, _, value = word.partition("=")
        if name not in NAMES:
            raise Stopped(f"There is no parameter {name!r}: those of serverless.yml are {', '.join(NAMES)}.")
        found[name] = value
    if found.get("architecture", "arm64") not in WHEEL_ARCHITECTURES:
        raise Stopped(
            f"Lambda has no architecture {found['architecture']!r}: use architecture=arm64 or architecture=x86_64."
        )
    if not re.fullmatch(r"[1-9][0-9]{0,4}", found.get("frontConcurrency", "10")):
        raise Stopped(f"front cannot answer {found['frontConcurrency']!r} events at once: use frontConcurrency=10.")
    return found
