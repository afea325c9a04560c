"""All checks in their order. Each is made even when others fail; one that needs what is red says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from handler.entrypoints.doctor import naver, pulse, rules, tables, workspace
from handler.entrypoints.doctor.door import check_door
from handler.entrypoints.doctor.evidence import (
    NO_ANSWER,
    NO_BOT,
    NO_KEY,
    NO_POLICY,
    NO_STACK,
    NO_TABLE,
    NO_TICK,
    Evidence,
)
from handler.entrypoints.doctor.findings import Absent, Finding, NotChecked, Verdict, given, judged, seen
from handler.entrypoints.doctor.protection import check_audit_kept, check_requests_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from handler.adapters.policy.cedar import CedarPolicy
    from handler.entrypoints.doctor.workspace import Bot

DISPOSABLE: Final = NotChecked("its tables may be lost (--disposable)")


def examine(evidence: Evidence) -> Iterator[Finding]:
    """Make all checks, one after the other."""
    for name, check in CHECKS.items():
        yield Finding(name, check(evidence))


def _stack(evidence: Evidence) -> Verdict:
    return seen(evidence.stack, lambda stack: f"stage {stack.stage} in {stack.region}, {stack.status}")


def _settings(evidence: Evidence) -> Verdict:
    return seen(evidence.settings, lambda settings: f"complete; the command is {settings.slack_command}")


def _policy(evidence: Evidence) -> Verdict:
    return seen(evidence.policy, lambda policy: f"version {policy.version}, from {evidence.policy_dir}")


def _policy_cases(evidence: Evidence) -> Verdict:
    return given(evidence.policy, NO_POLICY, lambda policy: rules.check_policy_cases(policy, evidence.policy_dir))


def _signing_secret(evidence: Evidence) -> Verdict:
    return seen(evidence.signing_secret, lambda _: "there is one")


def _front(evidence: Evidence) -> Verdict:
    def knock(secret: str) -> Verdict:
        clock, new_id = evidence.tools.clock, evidence.tools.new_id
        return given(evidence.door, NO_STACK, lambda door: check_door(door, secret, clock, new_id))

    return given(evidence.signing_secret, NO_KEY, lambda secret: knock(secret.get_secret_value()))


def _bot_secret(evidence: Evidence) -> Verdict:
    return seen(evidence.token, lambda _: "there is a bot's token")


def _bot(evidence: Evidence) -> Verdict:
    return seen(evidence.bot, lambda bot: f"Slack knows it as @{bot.name} of {bot.team}")


def _scopes(evidence: Evidence) -> Verdict:
    return given(evidence.bot, NO_BOT, workspace.check_scopes)


def _channels(evidence: Evidence) -> Verdict:
    def look(bot: Bot) -> Verdict:
        return given(evidence.channels, NO_POLICY, lambda channels: workspace.check_channels(bot, channels))

    return given(evidence.bot, NO_BOT, look)


def _groups(evidence: Evidence) -> Verdict:
    def look(bot: Bot) -> Verdict:
        return given(evidence.policy, NO_POLICY, lambda policy: workspace.check_groups(bot, policy.settings.groups))

    return given(evidence.bot, NO_BOT, look)


def _naver_secret(evidence: Evidence) -> Verdict:
    return seen(evidence.ncp_keys, lambda _: "there is an access key with its secret key")


def _naver(evidence: Evidence) -> Verdict:
    return seen(evidence.jobs, lambda read: f"NAVER takes them; {read.jobs} job{'' if read.jobs == 1 else 's'} seen")


def _clock(evidence: Evidence) -> Verdict:
    return given(evidence.jobs, NO_ANSWER, naver.check_clock)


def _requests_table(evidence: Evidence) -> Verdict:
    deploy = evidence.wanted.deploy
    return judged(evidence.requests, lambda table: tables.check_keys(table, tables.REQUESTS_KEYS, deploy))


def _audit_table(evidence: Evidence) -> Verdict:
    deploy = evidence.wanted.deploy
    return judged(evidence.audit, lambda table: tables.check_keys(table, tables.AUDIT_KEYS, deploy))


def _requests_kept(evidence: Evidence) -> Verdict:
    clients = evidence.tools.clients
    return _kept(evidence, evidence.requests, lambda table: check_requests_kept(clients, table))


def _audit_kept(evidence: Evidence) -> Verdict:
    clients, deploy = evidence.tools.clients, evidence.wanted.deploy
    return _kept(evidence, evidence.audit, lambda table: check_audit_kept(clients, table, deploy))


def _kept(
    evidence: Evidence, table: Mapping[str, Any] | Absent, check: Callable[[Mapping[str, Any]], Verdict]
) -> Verdict:
    if evidence.wanted.is_disposable:
        return DISPOSABLE
    # Tables that no stage made are whoever's they are: what the stack turns on is asked of the stack's.
    return given(evidence.stack, NO_STACK, lambda _: given(table, NO_TABLE, check))


def _open_requests(evidence: Evidence) -> Verdict:
    clients = evidence.tools.clients
    return given(evidence.requests, NO_TABLE, lambda table: tables.check_open_requests(clients, table["TableName"]))


def _tick(evidence: Evidence) -> Verdict:
    now, log = evidence.tools.clock.now(), evidence.worker_log
    return judged(evidence.tick, lambda tick: pulse.check_tick(tick, now, log))


def _deployed_policy(evidence: Evidence) -> Verdict:
    deploy = evidence.wanted.deploy

    def compare(policy: CedarPolicy) -> Verdict:
        return given(evidence.tick, NO_TICK, lambda tick: pulse.check_policy(tick, policy.version, deploy))

    return given(evidence.policy, NO_POLICY, compare)


def _seals(evidence: Evidence) -> Verdict:
    now, log = evidence.tools.clock.now(), evidence.worker_log
    return judged(evidence.sealing, lambda so_far: pulse.check_seals(so_far, now, log))


def _failures(evidence: Evidence) -> Verdict:
    clients, deploy = evidence.tools.clients, evidence.wanted.deploy
    return given(
        evidence.stack, NO_STACK, lambda stack: pulse.check_failures(clients, stack.outputs["FailureQueueUrl"], deploy)
    )


CHECKS: Final[Mapping[str, Callable[[Evidence], Verdict]]] = {
    "stack": _stack,
    "settings": _settings,
    "policy": _policy,
    "policy cases": _policy_cases,
    "signing secret": _signing_secret,
    "front": _front,
    "bot token": _bot_secret,
    "Slack": _bot,
    "scopes": _scopes,
    "channels": _channels,
    "user groups": _groups,
    "NAVER keys": _naver_secret,
    "Data Flow": _naver,
    "clock": _clock,
    "requests table": _requests_table,
    "requests kept": _requests_kept,
    "audit table": _audit_table,
    "audit kept": _audit_kept,
    "open requests": _open_requests,
    "last tick": _tick,
    "deployed policy": _deployed_policy,
    "seals": _seals,
    "failure queue": _failures,
}
"""Name → check, in the order in which one thing needs another."""
