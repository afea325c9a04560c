"""Slack: the bot's token, its scopes, the channels it must speak in, and the policy's groups.

Whether the bot is in a channel is found out by reading its newest message, for which the bot has the scope anyway
(``handler.adapters.scopes``): Slack answers ``not_in_channel``, or ``channel_not_found`` for a private channel
(docs.slack.dev/reference/methods/conversations.history).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from handler.adapters.chat import WORD
from handler.adapters.scopes import SCOPES
from handler.entrypoints.doctor.findings import Green, NotChecked, Red

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from slack_sdk.web import SlackResponse

    from handler.adapters.policy.settings_file import Group
    from handler.domain.model import GroupName
    from handler.entrypoints.doctor.findings import Verdict

TIMEOUT_SECONDS: Final = 10
APPS: Final = "https://api.slack.com/apps"
TOKEN_PAGE: Final = f"{APPS} → your app → OAuth & Permissions → Bot User OAuth Token; then put it into the secret"
MANIFEST_PAGE: Final = (
    f"{APPS} → your app → App Manifest: paste what `python -m infra.slack` prints, save, then reinstall the app"
)
SETTINGS: Final = "infra/policy/settings.toml"
_SCOPES_HEADER: Final = "x-oauth-scopes"


@dataclass(frozen=True, slots=True)
class Bot:
    """Who the token belongs to, and Slack as it is for them; ``scopes`` is None when Slack did not say."""

    name: str
    team: str
    scopes: frozenset[str] | None
    slack: WebClient


def read_bot(token: str, base_url: str) -> Bot | Red:
    """Ask Slack whose token it is."""
    client = WebClient(token=token, base_url=base_url, timeout=TIMEOUT_SECONDS)
    answer = called(client.auth_test)
    if isinstance(answer, Refused):
        return _red(answer)
    scopes = next((value for name, value in answer.headers.items() if name.lower() == _SCOPES_HEADER), None)
    held = None if scopes is None else frozenset(each.strip() for each in scopes.split(",") if each.strip())
    return Bot(str(answer.get("user", "")), str(answer.get("team", "")), held, client)


def check_scopes(bot: Bot) -> Verdict:
    """Compare what the token may do with what the code needs."""
    if bot.scopes is None:
        return NotChecked("Slack did not say which scopes the token has")
    if absent := sorted(set(SCOPES) - bot.scopes):
        return Red(f"The token lacks {', '.join(absent)}.", MANIFEST_PAGE)
    spare = sorted(bot.scopes - set(SCOPES))
    return Green(f"all {len(SCOPES)}" + (f"; more than are needed: {', '.join(spare)}" if spare else ""))


def check_channels(bot: Bot, channels: Iterable[str]) -> Verdict:
    """Look into each channel in which cards are posted."""
    wanted = tuple(dict.fromkeys(channels))
    for channel in wanted:
        read = called(partial(bot.slack.conversations_history, channel=channel, limit=1))
        match read:
            case Refused("not_in_channel" | "channel_not_found" as code):
                if code == "not_in_channel":
                    wrong = f"The bot is not in the channel {channel}, so it cannot post cards there."
                else:
                    wrong = f"The channel {channel} does not exist, or it is private and the bot is not in it."
                return Red(wrong, f"in Slack, in that channel: /invite @{bot.name}   (or name another in {SETTINGS})")
            case Refused():
                return _red(read)
            case _:
                continue
    if not wanted:
        return Green("none is set: cards go to where the command was typed")
    return Green(f"the bot is in {', '.join(wanted)}")


def check_groups(bot: Bot, listed: Mapping[GroupName, Group]) -> Verdict:
    """Ask who is in each of the policy's groups that is a user group of Slack's."""
    groups = {name: group for name, group in listed.items() if isinstance(group, str)}
    empty: list[str] = []
    for name, group in groups.items():
        told = called(partial(bot.slack.usergroups_users_list, usergroup=group))
        match told:
            case Refused("no_such_subteam" | "subteam_not_found"):
                wrong = f"Slack has no user group {group}, which the policy calls {name}."
                return Red(wrong, f"put the group's id into [groups] of {SETTINGS}, then deploy")
            case Refused("plan_upgrade_required" | "paid_teams_only"):
                wrong = "This workspace's plan has no user groups."
                return Red(wrong, f"list people's ids in [groups] of {SETTINGS} in place of {group}, then deploy")
            case Refused():
                return _red(told)
            case _ if not told.get("users"):
                empty.append(f"{name} ({group})")
            case _:
                continue
    if empty:
        return Red(f"Nobody is in {', '.join(empty)}.", "Slack → People → User groups: add people")
    if not groups:
        return Green("the policy names no user group of Slack: it lists people")
    return Green(f"the members of {', '.join(groups)} can be read")


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack said no with this word; empty when it said nothing, and then ``failure`` is why."""

    code: str
    failure: str = ""


def called(call: Callable[[], SlackResponse]) -> SlackResponse | Refused:
    """Return Slack's answer, or its refusal."""
    try:
        return call()
    except SlackApiError as error:
        data = getattr(error.response, "data", None)
        code = data.get("error") if isinstance(data, dict) else None
        # Of an answer that is not Slack's, slack_sdk makes a sentence with all of it.
        is_word = isinstance(code, str) and WORD.fullmatch(code)
        return Refused(str(code) if is_word else f"HTTP {getattr(error.response, 'status_code', '')}")
    # slack_sdk trips over an answer that is JSON but no object: AttributeError.
    except (OSError, SlackClientError, AttributeError) as error:
        return Refused("", type(error).__name__)


def _red(refused: Refused) -> Red:
    match refused.code:
        case "":
            return Red(f"Slack could not be asked ({refused.failure}).", "curl -i https://slack.com/api/api.test")
        case "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired":
            return Red(f"Slack does not take the bot's token ({refused.code}).", TOKEN_PAGE)
        case "missing_scope":
            return Red("The bot's token lacks a scope for this.", MANIFEST_PAGE)
        case code:
            return Red(f"Slack refused with {code}.", "https://status.slack.com; then run this again")
