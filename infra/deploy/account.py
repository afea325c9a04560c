"""The AWS account a deployment goes to: who asks, where, and what stands there already."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ProfileNotFound

from infra.deploy.errors import Stopped
from infra.deploy.order import Order
from infra.deploy.standing import Room, Stack

REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
HOW_TO_SIGN_IN = "sign in (for example with `aws sso login`), or set AWS_PROFILE, and run it again."
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
ABSENT = frozenset({"ResourceNotFoundException", "NoSuchEntity"})
QUICK = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 2})


def session(environ: Mapping[str, str] = os.environ) -> boto3.session.Session:
    """The user's own AWS session.

    Raises:
        Stopped: AWS_PROFILE names a profile that is not there.
    """
    try:
        return boto3.session.Session()
    except ProfileNotFound as error:
        raise Stopped(f"There is no AWS profile {environ.get('AWS_PROFILE')!r}: set AWS_PROFILE to another.") from error


def region_of(environ: Mapping[str, str], own: boto3.session.Session) -> str | None:
    """The region that the environment names, else the profile's, else None."""
    return next((environ[name] for name in REGION_VARIABLES if environ.get(name)), own.region_name)


def known_regions(own: boto3.session.Session) -> frozenset[str]:
    """Every region of AWS in which Lambda runs, of all partitions."""
    return frozenset(
        region
        for partition in own.get_available_partitions()
        for region in own.get_available_regions("lambda", partition_name=partition)
    )


@dataclass(frozen=True, slots=True)
class Account:
    """An account, as the credentials at hand see it.

    Args:
        number: its twelve digits.
        own: the session; its credentials are not shown in a repr.
        region: in which we look and deploy.
    """

    number: str
    own: boto3.session.Session = field(repr=False)
    region: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """A boto3 client in this account and region."""
        return self.own.client(service, region_name=self.region, config=QUICK)  # type: ignore[call-overload]

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """The environment for the deploy tool: the very credentials that were looked at, and the region."""
        frozen = self.own.get_credentials()
        if frozen is None:
            raise Stopped(f"There are no AWS credentials: {HOW_TO_SIGN_IN}")
        keys = frozen.get_frozen_credentials()
        plain = {name: value for name, value in base.items() if name not in {"AWS_PROFILE", "AWS_SESSION_TOKEN"}}
        token = {"AWS_SESSION_TOKEN": keys.token} if keys.token else {}
        return {
            **plain,
            "AWS_ACCESS_KEY_ID": str(keys.access_key),
            "AWS_SECRET_ACCESS_KEY": str(keys.secret_key),
            **token,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    def stack(self, order: Order) -> Stack | None:
        """The stack of that name, or None.

        Raises:
            Stopped: AWS did not say.
        """
        with _answers("look at CloudFormation's stacks"):
            try:
                (found,) = self.client("cloudformation").describe_stacks(StackName=order.stack)["Stacks"]
            except ClientError as error:
                if "does not exist" in str(error):
                    return None
                raise
        return Stack(
            status=found["StackStatus"],
            tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
            outputs={output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])},
        )

    def room(self) -> Room | None:
        """How many functions the account may run at once; None when AWS does not tell whoever asks here."""
        try:
            limits = self.client("lambda").get_account_settings()["AccountLimit"]
            return Room(limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"])
        except (BotoCoreError, ClientError, KeyError):
            return None

    def left_over(self, order: Order) -> tuple[str, ...]:
        """What stands under the names of a deployment: tables, secrets and (for all regions) the functions' roles.

        Raises:
            Stopped: AWS did not say.
        """
        looks = [
            *(
                (f"table {order.stack}-{name}", "dynamodb", "describe_table", {"TableName": f"{order.stack}-{name}"})
                for name in ("requests", "audit")
            ),
            *(
                (f"secret {secret}", "secretsmanager", "describe_secret", {"SecretId": secret})
                for secret in (f"sluice/{order.stage}/{name}" for name in ("slack-signing", "slack-bot", "ncp"))
            ),
            *(
                (f"role {order.stack}-{name}", "iam", "get_role", {"RoleName": f"{order.stack}-{name}"})
                for name in ("front", "worker")
            ),
        ]
        return tuple(shown for shown, service, operation, words in looks if self._is_there(service, operation, words))

    def _is_there(self, service: str, operation: str, words: Mapping[str, str]) -> bool:
        with _answers(f"look whether the stage's names are free ({service})"):
            try:
                getattr(self.client(service), operation)(**words)
            except ClientError as error:
                if error.response["Error"]["Code"] in ABSENT:
                    return False
                raise
        return True


def account(own: boto3.session.Session, region: str) -> Account:
    """The account behind the credentials at hand.

    Raises:
        Stopped: there are none, AWS refuses them, or AWS cannot be reached.
    """
    with _answers("say whose credentials these are"):
        identity = own.client("sts", region_name=region, config=QUICK).get_caller_identity()
    return Account(identity["Account"], own, region)


@contextlib.contextmanager
def _answers(doing: str) -> Iterator[None]:
    """Turn what AWS says into one sentence of what to do."""
    try:
        yield
    except NoCredentialsError as error:
        raise Stopped(f"There are no AWS credentials: {HOW_TO_SIGN_IN}") from error
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "no code")
        if code in EXPIRED:
            raise Stopped(f"The AWS credentials have expired: {HOW_TO_SIGN_IN}") from error
        raise Stopped(
            f"AWS would not {doing} ({code}): use credentials that may deploy here, and run it again."
        ) from error
    except BotoCoreError as error:
        raise Stopped(
            f"AWS could not be asked to {doing} ({type(error).__name__}): look at the credentials, the region and the"
            " connection, and run it again."
        ) from error
