"""``sluice socket``: a first look in a real workspace, before anything is deployed."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

from slack_bolt.logger.messages import warning_token_skipped
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient

from handler.domain.errors import SettingsInvalid
from handler.entrypoints.doctor.aws import clients_of
from handler.entrypoints.doctor.findings import Red
from handler.entrypoints.doctor.keys import bot_token
from handler.entrypoints.doctor.tables import AUDIT_KEYS, REQUESTS_KEYS, check_keys, describe
from handler.entrypoints.doctor.workspace import APPS, Refused, called, read_bot
from handler.entrypoints.socket_mode import Mouth, keep_ticking
from handler.settings import socket_settings
from handler.slack.app import create_app
from handler.telemetry import configure, measuring
from handler.wiring.composition import compose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.entrypoints.doctor.aws import Clients
    from handler.entrypoints.doctor.workspace import Bot
    from handler.settings import SocketSettings

log = logging.getLogger(__name__)

DESCRIPTION: Final = """\
Answer a real Slack workspace from this machine, over Slack's Socket Mode: no public address, nothing deployed.

It needs, as variables of this shell:
  SLACK_APP_TOKEN                  xapp-..., an app-level token with the scope connections:write
  SLACK_BOT_TOKEN                  xoxb-..., of the same app (or SLACK_SECRET_ID)
  NCP_ACCESS_KEY, NCP_SECRET_KEY   of NAVER Cloud (or NCP_SECRET_ID)
  REQUESTS_TABLE, AUDIT_TABLE      two DynamoDB tables for this alone: those of a stage are worker's
and whatever else `worker` may be told; AWS's own variables say which account is meant. `make demo`, in another
terminal, has such tables and a simulated Data Flow, and names a file of variables: all but Slack's tokens.
The Slack app is made from what `python -m infra.slack --socket` prints.
"""
TOKEN_PAGE: Final = f"{APPS} → your app → Basic Information → App-Level Tokens: one with connections:write"
MAKE_TABLES: Final = "in another terminal: make demo   (it names a file of variables for this shell, tables included)"
MANY_AT_ONCE: Final = 4
TIMEOUT_SECONDS: Final = 10


def add_socket(topics: argparse._SubParsersAction[argparse.ArgumentParser], environ: Mapping[str, str]) -> None:
    """Teach the command to a parser."""
    socket = topics.add_parser(
        "socket",
        help="answer a workspace from this machine",
        description=DESCRIPTION,
        epilog="exit codes:\n  0  it was ended\n  1  it could not begin; it says why",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    socket.set_defaults(run=lambda _: run(environ, _told_to_end()))


def run(environ: Mapping[str, str], end: threading.Event) -> int:
    """Answer until ``end`` is set; return the exit code."""
    try:
        settings = socket_settings(environ)
        clients = clients_of(None, None)
        bot = _first_look(settings, clients)
        if isinstance(bot, Red):
            return _stopped(bot.wrong, f"→ {bot.mend}")
        configure(settings.worker.log_level)
        measuring.setLevel(logging.WARNING)  # nobody makes metrics of a terminal's lines
        # Bolt warns that it takes no token from the environment, as is meant: the chat adapter has it.
        logging.getLogger("slack_bolt.App").addFilter(lambda line: line.getMessage() != warning_token_skipped())
        desk = compose(settings.worker)
    except SettingsInvalid as error:
        return _stopped("Sluice cannot begin:", *error.problems, "`sluice socket --help` says what it needs.")
    client = connected(settings, Mouth(create_app(desk, settings.worker.slack_command)))
    if isinstance(client, Red):
        return _stopped(client.wrong, f"→ {client.mend}")
    ticking = threading.Thread(target=keep_ticking, args=(desk, end.wait), name="tick")
    ticking.start()
    command = settings.worker.slack_command
    print(f"Sluice answers as @{bot.name} in {bot.team}: type {command} help where @{bot.name} was invited to.")
    print(f"Its records: {settings.worker.requests_table}, {settings.worker.audit_table}. It ticks each minute.")
    print("Ctrl-C ends it.", flush=True)
    end.wait()
    print("ending: what is under way is finished first", flush=True)
    client.close()
    ticking.join()
    print("ended")
    return 0


def _first_look(settings: SocketSettings, clients: Clients) -> Bot | Red:
    """Look for what would make every answer fail: a token that Slack does not take, a table that is not there."""
    told = settings.worker
    token = bot_token(told, clients, "")
    bot = token if isinstance(token, Red) else read_bot(token.get_secret_value(), told.slack_api_url)
    if isinstance(bot, Red):
        return bot
    for name, keys in ((told.requests_table, REQUESTS_KEYS), (told.audit_table, AUDIT_KEYS)):
        table = describe(clients, name, MAKE_TABLES)
        found = table if isinstance(table, Red) else check_keys(table, keys, MAKE_TABLES)
        if isinstance(found, Red):
            return found
    return bot


def connected(settings: SocketSettings, mouth: Mouth) -> SocketModeClient | Red:
    """Open the websocket; slack_sdk keeps it open from then on, and opens the next when Slack wants that."""
    web = WebClient(base_url=settings.worker.slack_api_url, timeout=TIMEOUT_SECONDS)
    token = settings.app_token.get_secret_value()
    opened = called(lambda: web.apps_connections_open(app_token=token))
    if isinstance(opened, Refused):
        return _not_opened(opened)
    client = SocketModeClient(app_token=token, web_client=web, logger=log, concurrency=MANY_AT_ONCE)
    client.wss_uri = str(opened.get("url"))
    client.socket_mode_request_listeners.append(mouth.take)
    client.connect()
    if client.is_connected():
        return client
    client.close()
    return Red("Slack's websocket could not be opened.", "let this machine reach wss-primary.slack.com, port 443")


def _not_opened(refused: Refused) -> Red:
    match refused.code:
        case "":
            return Red(f"Slack could not be asked ({refused.failure}).", "curl -i https://slack.com/api/api.test")
        case "missing_scope":
            return Red("SLACK_APP_TOKEN lacks the scope connections:write.", TOKEN_PAGE)
        case "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "not_allowed_token_type":
            return Red(f"Slack does not take SLACK_APP_TOKEN ({refused.code}).", TOKEN_PAGE)
        case code:
            return Red(f"Slack opened no websocket ({code}).", f"{APPS} → your app → Socket Mode: enable it")


def _told_to_end() -> threading.Event:
    """Return what Ctrl-C and a termination set; a second Ctrl-C does not wait."""
    end = threading.Event()

    def set_it(*_signal: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        end.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, set_it)
    return end


def _stopped(*lines: str) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return 1
