"""Who deploys and where: found as AWS's own tools find it, and every refusal of AWS a sentence of what to do."""

import boto3.session
import pytest

from infra.deploy.account import Account, account, known_regions, region_of, session
from infra.deploy.errors import Stopped
from infra.deploy.standing import Room
from tests.unit.front.loopback import Asked, Loopback, Reply

REGION = "ap-northeast-2"


def refusing(code: str) -> Loopback:
    """An AWS that refuses everything with this code, in the words of its query protocol."""
    said = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"

    def reply(_asked: Asked) -> Reply:
        return Reply(403, said.encode(), {"content-type": "text/xml"})

    return Loopback(reply)


def own() -> boto3.session.Session:
    """A session with keys of nobody."""
    return boto3.session.Session("test", "test-secret", "test-token", region_name="us-east-1")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ExpiredToken", r"^The AWS credentials have expired: sign in"),
        ("InvalidClientTokenId", r"^AWS would not say whose credentials these are \(InvalidClientTokenId\): use"),
    ],
)
def test_credentials_that_aws_does_not_take_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    """Those that have expired need a new sign-in, others need somebody else's."""
    with refusing(code) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        with pytest.raises(Stopped, match=said):
            account(own(), REGION)


def test_the_deploy_tool_gets_the_very_credentials_that_were_looked_at() -> None:
    """Keys, token and region are handed over; a profile that the tool would prefer is taken away."""
    base = {"PATH": "/bin", "AWS_PROFILE": "other", "AWS_SESSION_TOKEN": "other", "AWS_REGION": "us-east-1"}

    assert Account("123456789012", own(), REGION).environment(base) == {
        "PATH": "/bin",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test-secret",
        "AWS_SESSION_TOKEN": "test-token",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def test_an_account_does_not_show_its_keys() -> None:
    """What is printed of it by mistake holds no credential."""
    assert "test" not in repr(Account("123456789012", own(), REGION))


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
        ({}, "us-east-1"),
    ],
)
def test_the_environment_names_the_region_before_the_profile(environ: dict[str, str], region: str) -> None:
    """The order of AWS's own tools; an empty variable counts as none."""
    assert region_of(environ, own()) == region


def test_the_regions_of_aws_are_known_without_asking() -> None:
    """Seoul is one, also before anybody is signed in; China's are, in their own partition."""
    assert {REGION, "us-east-1", "cn-north-1"} <= known_regions(own())


def test_a_profile_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is in the message."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(Stopped, match="There is no AWS profile 'nobody'"):
        session()


@pytest.mark.parametrize(
    ("status", "body", "room"),
    [
        (
            200,
            '{"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900}}',
            Room(1000, 900),
        ),
        (200, "{}", None),
        (403, '{"Message": "no"}', None),
    ],
)
def test_how_much_room_an_account_has_is_asked(
    monkeypatch: pytest.MonkeyPatch, status: int, body: str, room: Room | None
) -> None:
    """Who may not ask deploys all the same."""
    with Loopback(lambda _asked: Reply(status, body.encode())) as aws:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        assert Account("123456789012", own(), REGION).room() == room
    assert [asked.path for asked in aws.asked] == ["/2016-08-19/account-settings"]
