"""Whether a deployment may go where its names lead."""

import pytest

from infra.deploy.errors import Stopped
from infra.deploy.order import Order
from infra.deploy.standing import Room, Stack, complete, may_deploy, may_reserve, standing

PROD = Order("prod", "ap-northeast-2", {})
OURS = {"service": "sluice", "stage": "prod"}


UP = {"FrontUrl": "https://front.invalid/"}


def stack(status: str, tags: dict[str, str] | None = None, outputs: dict[str, str] = UP) -> Stack:
    """A stack of that name in this state."""
    return Stack(status, OURS if tags is None else tags, outputs)


def no_deploy(there: Stack | None, *left_over: str) -> str:
    """The sentence that is said instead of deploying."""
    with pytest.raises(Stopped) as why:
        may_deploy(PROD, there, left_over)
    return str(why.value)


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"]
)
def test_a_stack_of_ours_that_is_still_may_be_changed(status: str) -> None:
    """An update, also one after an update that was rolled back, goes ahead; so does a removal."""
    may_deploy(PROD, stack(status), ())

    assert standing(PROD, stack(status)) == stack(status)


def test_where_nothing_stands_a_first_deploy_may_go() -> None:
    """Free names are all it takes; and there is nothing to remove."""
    may_deploy(PROD, None, ())
    with pytest.raises(Stopped, match="There is no stack sluice-prod in ap-northeast-2"):
        standing(PROD, None)


@pytest.mark.parametrize("tags", [{}, {"service": "billing"}, {"service": "sluice", "stage": "other"}])
def test_somebody_elses_stack_is_left_alone(tags: dict[str, str]) -> None:
    """A stack that only has our name is neither changed nor removed."""
    assert "is not Sluice's" in no_deploy(stack("CREATE_COMPLETE", tags))
    with pytest.raises(Stopped, match="is not Sluice's"):
        standing(PROD, stack("CREATE_COMPLETE", tags))


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
def test_a_stack_in_motion_is_waited_for(status: str) -> None:
    """Two people who deploy at once do not get into each other's way."""
    assert no_deploy(stack(status)).startswith(f"The stack sluice-prod is being changed just now ({status}): wait")


@pytest.mark.parametrize("status", ["CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"])
def test_a_stack_that_never_came_up_has_to_go_first(status: str) -> None:
    """CloudFormation takes no update of such a stack, and a removal leads out of it."""
    assert "make remove STAGE=prod" in no_deploy(stack(status))
    assert standing(PROD, stack(status)) == stack(status)


def test_a_stack_stuck_half_way_is_told_how_to_go_on() -> None:
    """The command is spelled out, with region and name."""
    assert (
        "`aws cloudformation continue-update-rollback --region ap-northeast-2 --stack-name sluice-prod`"
        in no_deploy(stack("UPDATE_ROLLBACK_FAILED"))
    )


def test_names_that_are_taken_without_a_stack_are_listed() -> None:
    """Tables that a removal left, or a role of the same stage in another region, are found before the deploy fails."""
    said = no_deploy(None, "table sluice-prod-audit", "role sluice-prod-front")

    assert said.startswith("The stage's names are taken in this account: table sluice-prod-audit, role sluice-prod-fr")


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_that_only_has_the_deploy_tool_s_bucket_is_as_good_as_none(status: str) -> None:
    """The first deploy makes the bucket, then all the rest: when that fails, tables may stay under our names."""
    begun = stack(status, outputs={"ServerlessDeploymentBucketName": "b"})

    may_deploy(PROD, begun, ())
    assert "table sluice-prod-audit. Take another STAGE" in no_deploy(begun, "table sluice-prod-audit")
    assert standing(PROD, begun) == begun
    with pytest.raises(Stopped, match=f"never came up .{status}.: run `make deploy STAGE=prod REGION=ap-northeast-2`"):
        complete(PROD, begun)
    assert complete(PROD, stack(status)) == stack(status)


@pytest.mark.parametrize(("quota", "unreserved"), [(10, 10), (50, 50), (1000, 105), (1000, 109)])
def test_an_account_without_room_for_front_is_told_before_anything_is_made(quota: int, unreserved: int) -> None:
    """AWS refuses a share that leaves fewer than 100 free, and every share of a new account's 10 or 50."""
    with pytest.raises(
        Stopped, match=f"this account has {unreserved} left in ap-northeast-2, of which {min(100, quota)}"
    ):
        may_reserve(PROD, Room(quota, unreserved))


@pytest.mark.parametrize("room", [None, Room(1000, 110), Room(1000, 1000), Room(101, 110)])
def test_an_account_with_room_for_front_may_deploy(room: Room | None) -> None:
    """So may one of which AWS does not tell."""
    may_reserve(PROD, room)


def test_a_smaller_share_needs_less_room() -> None:
    """As the parameter says."""
    may_reserve(Order("prod", "ap-northeast-2", {"frontConcurrency": "5"}), Room(1000, 105))
