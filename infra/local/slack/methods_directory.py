"""The methods that tell who and what there is: `users`, `usergroups`, `conversations`, `team`, `auth`."""

from collections.abc import Mapping
from typing import Any

from infra.local.slack.cast import Cast, Channel, Person, UserGroup
from infra.local.slack.refusals import SlackError
from infra.local.slack.web_api import Call, Method


def _auth_test(call: Call) -> dict[str, Any]:
    cast = call.state.cast
    return {
        "url": f"{call.state.base_url}/",
        "team": cast.team_name,
        "team_id": cast.team_id,
        "user": cast.people[cast.bot_user].name,
        "user_id": cast.bot_user,
        "bot_id": cast.bot_id,
        "is_enterprise_install": False,
    }


def _team_info(call: Call) -> dict[str, Any]:
    cast = call.state.cast
    return {"team": {"id": cast.team_id, "name": cast.team_name, "domain": cast.team_domain}}


def _users_info(call: Call) -> dict[str, Any]:
    person = call.state.cast.people.get(str(call.args["user"]))
    if person is None:
        raise SlackError("user_not_found")
    user = _user_json(person, call.state.cast)
    if call.flag("include_locale"):
        user["locale"] = person.locale
    return {"user": user}


def _user_json(person: Person, cast: Cast) -> dict[str, Any]:
    return {
        "id": person.id,
        "team_id": cast.team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "is_bot": person.is_bot,
        "tz": person.tz,
        "tz_label": person.tz_label,
        "tz_offset": person.tz_offset_seconds,
        "profile": {"real_name": person.real_name, "display_name": person.name, "title": person.role},
    }


def _usergroups_list(call: Call) -> dict[str, Any]:
    groups = [_group_json(group, call.state.cast) for group in call.state.cast.groups.values()]
    if call.flag("include_users"):
        for group in groups:
            group["users"] = list(call.state.cast.groups[group["id"]].users)
    return {"usergroups": groups}


def _group_json(group: UserGroup, cast: Cast) -> dict[str, Any]:
    return {
        "id": group.id,
        "team_id": cast.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "user_count": len(group.users),
        "date_delete": 0,
    }


def _usergroups_users_list(call: Call) -> dict[str, Any]:
    group = call.state.cast.groups.get(str(call.args["usergroup"]))
    if group is None:
        raise SlackError("no_such_subteam")
    people = call.state.cast.people
    return {"users": [user for user in group.users if call.flag("include_disabled") or not people[user].deleted]}


def _known_channel(call: Call) -> Channel:
    channel = call.state.cast.channels.get(str(call.args["channel"]))
    if channel is None:
        raise SlackError("channel_not_found")
    return channel


def _channel_json(channel: Channel, call: Call) -> dict[str, Any]:
    members = call.state.members[channel.id]
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": True,
        "is_private": False,
        "is_archived": False,
        "is_member": call.state.cast.bot_user in members,
        "num_members": len(members),
        "purpose": {"value": channel.purpose},
    }


def _conversations_info(call: Call) -> dict[str, Any]:
    return {"channel": _channel_json(_known_channel(call), call)}


def _conversations_join(call: Call) -> dict[str, Any]:
    channel = _known_channel(call)
    call.state.members[channel.id].add(call.state.cast.bot_user)
    return {"channel": _channel_json(channel, call)}


def _conversations_members(call: Call) -> dict[str, Any]:
    members = sorted(call.state.members[_known_channel(call).id])
    return {"members": members, "response_metadata": {"next_cursor": ""}}


DIRECTORY: Mapping[str, Method] = {
    "auth.test": Method(_auth_test),
    "team.info": Method(_team_info, (), "team:read"),
    "users.info": Method(_users_info, ("user",), "users:read"),
    "usergroups.list": Method(_usergroups_list, (), "usergroups:read"),
    "usergroups.users.list": Method(_usergroups_users_list, ("usergroup",), "usergroups:read"),
    "conversations.info": Method(_conversations_info, ("channel",), "channels:read"),
    "conversations.join": Method(_conversations_join, ("channel",), "channels:join"),
    "conversations.members": Method(_conversations_members, ("channel",), "channels:read"),
}
