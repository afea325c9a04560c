"""What a crowd meets: a job, its request's card in Slack, the record; and what each of them says afterwards."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from handler.domain.identity import delivery_digest, request_id
from handler.slack.payloads import slash
from infra.local.dataflow import World, serve
from infra.local.dataflow.world import PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY
from infra.local.slack import payloads, serving
from infra.local.slack.cast import Cast, Channel, Person
from infra.local.slack.payloads import Issued
from tests.races.crowd import started

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from handler.domain.model import RequestId
    from handler.domain.request import Request
    from infra.local.emulator import Emulator
    from infra.local.slack.conversation import Message
    from infra.local.slack.workspace import Workspace
    from infra.local.slack.workspace_state import WorkspaceState
    from tests.contract.ledgers import Dynamo
    from tests.races.crowd import Crowd, Event

ASKER, BOT, CHANNEL = "U0ASKER", "U0SLUICE", "C0INCIDENT"
APPROVERS = tuple(f"U0YES{number:02}" for number in range(50))
DENIERS = tuple(f"U0NO{number:02}" for number in range(20))
OUTSIDERS = tuple(f"U0OUT{number:02}" for number in range(20))
PROCESSES = 7  # with ten threads each
JOB_ID, JOB, WORKERS = "Wc7RtQ2mLx9B", "wordcount", 2

POLICY = """
@id("one-approval") permit (principal in Group::"askers", action == Action::"scale", resource)
when { context.workers <= 8 && context.approvals >= 1 };
@id("two-approvals") permit (principal in Group::"askers", action == Action::"scale", resource)
when { context.approvals >= 2 };
@id("deciders") permit (principal in Group::"deciders", action == Action::"approve", resource);
@id("four-eyes") forbid (principal, action == Action::"approve", resource) when { principal == context.requester };
"""
SETTINGS = f"""
[groups]
askers = {json.dumps([ASKER])}
deciders = {json.dumps([*APPROVERS, *DENIERS])}
"""


@dataclass(frozen=True, slots=True)
class Arena:
    """The outside of the program: Slack, Data Flow and the tables; and the crowd that acts in it.

    One request at a time: ``ask`` empties the workspace for the next.
    """

    workspace: Workspace
    dataflow: World
    dynamo: Dynamo
    crowd: Crowd
    begun: datetime
    numbers: Iterator[int]

    def ask(self, workers: int) -> Request:
        """Let one person ask for a change of a job that is as at first; return the request, whose card is posted."""
        self.workspace.reset()
        self.dataflow.change_job(JOB_ID, {"runCondition": {"numWorker": WORKERS}})
        issued = self._issued(ASKER)
        form = {
            "command": "/dataflow",
            "text": f"scale {JOB} workers={workers} because backlog",
            "user_id": ASKER,
            "channel_id": CHANNEL,
            "team_id": "T0SLUICE",
            "trigger_id": issued.trigger_id,
            "response_url": issued.response_url,
        }
        assert self.crowd.act([[_handed_over("command", form)]]) == ()
        return self.request(request_id(delivery_digest(slash(form).delivery)))

    def request(self, request_id: RequestId) -> Request:
        """Read a request that there is."""
        request = self.dynamo.ledger.request(request_id)
        assert request is not None
        return request

    def press(self, user_id: str, action_id: str) -> Event:
        """Make what Slack delivers when this person presses a button of the card."""
        state, card = self._state(), self.card()
        issued = self._issued(user_id, card)
        (action,) = [each for block in card.blocks for each in block.get("elements", ()) if _is(action_id, each)]
        return _handed_over("interaction", payloads.message_action(state, user_id, card, action, issued))

    def form(self, user_id: str, request: Request) -> Event:
        """Make what Slack delivers when this person sends the form in which they say why not."""
        carried = {"value": f"{request.id} {request.digest}", "channel": CHANNEL}
        view = {
            "type": "modal",
            "callback_id": "deny_reason",
            "private_metadata": json.dumps(carried),
            "state": {"values": {"reason": {"reason": {"type": "plain_text_input", "value": "not tonight"}}}},
        }
        user = {"id": user_id, "team_id": "T0SLUICE"}
        body = {"type": "view_submission", "team": {"id": "T0SLUICE"}, "user": user, "view": view}
        return _handed_over("interaction", body)

    def card(self) -> Message:
        """Return the request's card, as it is in the channel now."""
        (card,) = [each for each in self._state().conversation.messages if _is_posted(each) and each.thread_ts is None]
        return card

    def thread(self) -> list[str]:
        """Return what was said below the card."""
        return [each.text for each in self._state().conversation.messages if each.thread_ts is not None]

    def whispers(self) -> dict[str, list[Message]]:
        """Return what people were told alone, by person."""
        told: dict[str, list[Message]] = {}
        for message in self._state().conversation.messages:
            if message.ephemeral_to is not None:
                told.setdefault(message.ephemeral_to, []).append(message)
        return told

    def lock(self) -> Mapping[str, Any] | None:
        """Return the job's lock, if there is one."""
        key = {"pk": {"S": f"lock#{JOB_ID}"}}
        answer = self.dynamo.client.get_item(TableName=self.dynamo.requests_table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _state(self) -> WorkspaceState:
        return self.workspace.wait_until(lambda state: state)

    def _issued(self, user_id: str, message: Message | None = None) -> Issued:
        state, token = self._state(), f"token{next(self.numbers)}"
        state.response_urls.issue(token, CHANNEL, user_id, self.begun, message)
        trigger_id = state.views.issue_trigger(user_id, CHANNEL, token, self.begun)
        return Issued(trigger_id, f"{state.base_url}/response/{token}")


@contextmanager
def built(local_aws: Emulator, dynamo: Dynamo, folder: Path) -> Iterator[Arena]:
    """Start everything."""
    (folder / "policy.cedar").write_text(POLICY, "utf-8")
    (folder / "settings.toml").write_text(SETTINGS, "utf-8")
    # Slack takes a trigger for three seconds only. How fast this machine is, is not the question here.
    begun = datetime.now(UTC)
    with serving.serve(cast=_cast(), clock=lambda: begun) as workspace, serve(World()) as dataflow:
        environment = {
            **local_aws.environment,
            "SLACK_BOT_TOKEN": "xoxb-playground",
            "SLACK_API_URL": workspace.api_url,
            "NCP_ACCESS_KEY": PLAYGROUND_ACCESS_KEY,
            "NCP_SECRET_KEY": PLAYGROUND_SECRET_KEY,
            "NCP_DATAFLOW_URL": dataflow.url,
            "REQUESTS_TABLE": dynamo.requests_table,
            "AUDIT_TABLE": dynamo.audit_table,
            "POLICY_DIR": str(folder),
            "LOG_LEVEL": "ERROR",
        }
        with started(environment, PROCESSES) as crowd:
            yield Arena(workspace, dataflow.world, dynamo, crowd, begun, count(1))


def _cast() -> Cast:
    people = [
        Person(user_id, user_id.lower(), user_id, "races") for user_id in (ASKER, *APPROVERS, *DENIERS, *OUTSIDERS)
    ]
    bot = Person(BOT, "sluice", "Sluice", "the bot", is_bot=True)
    cast = {person.id: person for person in (*people, bot)}
    channel = Channel(CHANNEL, "incident", "Races", tuple(cast))
    return Cast(people=cast, groups={}, channels={CHANNEL: channel})


def _handed_over(kind: str, body: Mapping[str, object]) -> Event:
    return {"sluice": 1, "kind": kind, "body": dict(body), "received_at": 0}


def _is(action_id: str, element: Mapping[str, object]) -> bool:
    return element.get("action_id") == action_id


def _is_posted(message: Message) -> bool:
    return message.user == BOT and message.channel == CHANNEL and message.ephemeral_to is None
