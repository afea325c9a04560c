"""What already stands under the names a deployment would take, and whether it may go there: plain functions."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.deploy.errors import Stopped
from infra.deploy.order import Order

# CloudFormation user guide, "Stack status codes": a first deploy that failed leaves one of these, and nothing but a
# removal leads out of them.
NEVER_CAME_UP = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"})
# Lambda developer guide, "Configuring reserved concurrency": so many stay for functions without a share of their own.
# An account of a lower quota can reserve nothing.
LEFT_FREE = 100


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as CloudFormation describes it.

    Args:
        status: one of CloudFormation's words.
        tags: by key; ours has `service` and `stage`.
        outputs: by key.
    """

    status: str
    tags: Mapping[str, str]
    outputs: Mapping[str, str]

    @property
    def is_up(self) -> bool:
        """Whether a deploy ever came to its end; until then a stack has the deploy tool's bucket at most."""
        return "FrontUrl" in self.outputs


@dataclass(frozen=True, slots=True)
class Room:
    """How many functions an account may run at once in a region (Lambda API reference, GetAccountSettings).

    Args:
        quota: in all.
        unreserved: of these, what no function has for itself.
    """

    quota: int
    unreserved: int


def may_reserve(order: Order, room: Room | None) -> None:
    """Return when `front` can have a share of its own, as far as is known.

    Raises:
        Stopped: AWS would refuse it.
    """
    if room is None or room.unreserved - order.front_concurrency >= min(LEFT_FREE, room.quota):
        return
    kept = min(LEFT_FREE, room.quota)
    raise Stopped(
        f"front is to have {order.front_concurrency} concurrent executions for itself, and AWS would refuse that: this"
        f" account has {room.unreserved} left in {order.region}, of which {kept} must stay free. New accounts have"
        " 10. Ask for a quota of 1,000, which costs nothing (AWS console, Service Quotas, AWS Lambda, Concurrent"
        " executions), and deploy again when it is granted."
    )


def may_deploy(order: Order, stack: Stack | None, left_over: tuple[str, ...]) -> None:
    """Return when the deployment may go ahead, as a new one or over an earlier one of ours.

    Args:
        order: what is meant.
        stack: the stack of that name, or None.
        left_over: what stands under our names while no deployment is up, such as `"table sluice-prod-audit"`.

    Raises:
        Stopped: the names belong to something else, or the stack can take no change now.
    """
    if stack is not None:
        _is_ours_and_still(order, stack)
        if stack.status in NEVER_CAME_UP:
            raise Stopped(
                f"The stack {order.stack} never came up ({stack.status}): find out why under CloudFormation, Events,"
                f" in the AWS console, remove it with `make remove STAGE={order.stage}`, and deploy again."
            )
    if left_over:
        raise Stopped(
            f"The stage's names are taken in this account: {', '.join(left_over)}. Take another STAGE; or, if they are"
            " left from an earlier deployment or from a first one that failed, see docs/operations.md, section 'After a"
            " removal'."
        )


def standing(order: Order, stack: Stack | None) -> Stack:
    """The deployment of ours that stands there and is not being changed.

    Raises:
        Stopped: there is none, it is not ours, or it is being changed.
    """
    if stack is None:
        raise Stopped(f"There is no stack {order.stack} in {order.region}: look at STAGE and REGION, or deploy it.")
    _is_ours_and_still(order, stack)
    return stack


def complete(order: Order, stack: Stack) -> Stack:
    """The deployment, which came to its end at least once.

    Raises:
        Stopped: it never did.
    """
    if not stack.is_up:
        raise Stopped(
            f"The stack {order.stack} never came up ({stack.status}): run `make deploy STAGE={order.stage}"
            f" REGION={order.region}` first."
        )
    return stack


def _is_ours_and_still(order: Order, stack: Stack) -> None:
    if (stack.tags.get("service"), stack.tags.get("stage")) != ("sluice", order.stage):
        raise Stopped(
            f"A stack {order.stack} is there already and is not Sluice's (it lacks the tags service=sluice and"
            f" stage={order.stage}): take another STAGE."
        )
    if stack.status.endswith("_IN_PROGRESS") and stack.status not in NEVER_CAME_UP:
        raise Stopped(
            f"The stack {order.stack} is being changed just now ({stack.status}): wait until that is done, and run it"
            " again."
        )
    if stack.status == "UPDATE_ROLLBACK_FAILED":
        raise Stopped(
            f"The stack {order.stack} is stuck half-way ({stack.status}): run `aws cloudformation"
            f" continue-update-rollback --region {order.region} --stack-name {order.stack}`, and deploy again."
        )
