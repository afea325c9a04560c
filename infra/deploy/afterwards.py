"""What a person reads after a deploy or before a removal: plain functions from facts to lines."""

from infra.deploy.order import Order
from infra.deploy.standing import Stack


def after_first_deploy(order: Order, command: str) -> list[str]:
    """The steps from a deployed stack to an answer in Slack.

    Args:
        order: what was deployed.
        command: the slash command.
    """
    where = f"STAGE={order.stage} REGION={order.region}"
    return [
        "",
        "Next:",
        "  1. Create the Slack app from the manifest that this prints, and install it in your workspace:",
        f"       .venv/bin/python -m infra.slack --stage {order.stage} --region {order.region}",
        "  2. Put the values into the three secrets (each is asked for, none is shown or kept in the shell's history):",
        f"       make secrets {where}",
        "  3. Invite the bot to the channel where approvals go:  /invite @Sluice",
        "  4. Look whether all is well, then type the first command in Slack:",
        f"       make doctor {where}",
        f"       {command} help",
    ]


def after_secrets(order: Order, stack: Stack) -> list[str]:
    """How to be rid of what failed before there were secrets: the tick comes each minute from the first deploy on."""
    return [
        "What the worker could not do without them is in the queue of failures, whose alarm rings until it is empty.",
        "After a first deploy these are ticks, which nobody needs:",
        f"  aws sqs purge-queue --region {order.region} --queue-url {stack.outputs['FailureQueueUrl']}",
    ]


def after_update(order: Order) -> list[str]:
    """What is left to do when a deployment was replaced by a newer one."""
    return [
        "",
        "The secrets and the records are as they were. CHANGELOG.md says whether this version asks for anything else;",
        f"make doctor STAGE={order.stage} REGION={order.region} looks whether all is well.",
    ]


def before_removal(order: Order, stack: Stack, account: str) -> list[str]:
    """What goes and what stays, so that nobody confirms something else than they mean."""
    tables = [stack.outputs[name] for name in ("RequestsTableName", "AuditTableName") if name in stack.outputs]
    return [
        f"This removes {order.stack} from {order.region} (account {account}):",
        "  goes    both functions, the address Slack sends to, the schedule, the alarms, the queue of failures and",
        "          what is in it, the logs, and the three secrets with their values",
        f"  stays   the tables {' and '.join(tables) or 'of the stack'}: every request and every audit fact, protected",
        "          from deletion. Changes still under way stay as they are in Data Flow; nobody puts them back.",
    ]


def after_removal(order: Order) -> list[str]:
    """Where to read on."""
    return [
        f"{order.stack} is removed. Its tables stay; docs/operations.md, section 'After a removal', says how to read,",
        "keep or delete them. The Slack app is still there: delete it at api.slack.com/apps when nobody needs it.",
    ]
