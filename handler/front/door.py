"""The Lambda entry point that Slack can reach: verify, classify, hand over, acknowledge; nothing else.

Holds the signing secret and the right to invoke the worker, so whoever breaks it can change nothing. An answer is
given within `BUDGET_SECONDS` whatever happens behind, and no event makes it raise.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from handler.front import classify, config, incoming, metrics, replies, verify, wire, words
from handler.front.apology import apology
from handler.front.aws import Aws
from handler.front.handoff import HandOverFailed, Worker, encode
from handler.front.journal import Visit, ids, is_wanted, line, whereabouts
from handler.front.secret import (
    DOUBTED_AFTER_SECONDS,
    KEPT_SECONDS,
    FetchedSecret,
    FixedSecret,
    SecretUnavailable,
    fetch_signing_secret,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handler.front.aws import Dial
    from handler.front.replies import Reply

# Slack gives up after 3 seconds, counted at Slack: a cold start and the way there and back must fit in as well.
BUDGET_SECONDS = 2.2


class World(NamedTuple):
    """What the door needs besides its settings: clocks in seconds, ids, the network, and where log lines go."""

    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    new_id: Callable[[], str] = lambda: os.urandom(4).hex()
    dial: Dial = wire.dial
    write: Callable[[str], object] = print
    budget_seconds: float = BUDGET_SECONDS


class Door:
    """The door of one function, made once; `answer` is the handler that Lambda calls."""

    def __init__(
        self, settings: config.Settings, secret: FixedSecret | FetchedSecret, worker: Worker, world: World
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._worker = worker
        self._world = world

    def answer(self, event: object, context: object = None) -> dict[str, object]:
        """Return the HTTP response to `event` (payload format 2.0) and write one line to the log."""
        world = self._world
        visit = Visit(world.new_id(), world.monotonic(), world.budget_seconds)
        try:
            reply = self._reply(event, visit)
        except replies.TurnedAway as turned:
            reply = turned.reply
        except Exception as error:  # noqa: BLE001 - Slack gets its answer and the log its line, also from a bug
            reply = replies.broken(replies.INTERNAL_SERVER_ERROR, "bug", whereabouts(error), visit.short_id).reply
        self._log(visit, reply, context)
        return reply.as_http()

    def _log(self, visit: Visit, reply: Reply, context: object) -> None:
        """Write one line; LOG_LEVEL silences its words, never its figures."""
        world, now = self._world, self._world.clock()
        fields = metrics.embedded(metrics.figures(visit, reply, now), self._settings.function, now)
        if is_wanted(reply, self._settings.log_level):
            elapsed = world.monotonic() - visit.started
            fields = line(visit, reply, context, now=now, elapsed_seconds=elapsed) | fields
        elif fields:
            fields = ids(visit, context) | fields
        if fields:
            world.write(json.dumps(fields))

    def _reply(self, event: object, visit: Visit) -> Reply:
        request = incoming.read(event)
        if request.is_ssl_check:
            return replies.SSL_CHECKED
        if request.method != "POST":
            raise replies.wrong_method()
        received_at = self._world.clock()
        claim = verify.read_claim(request.headers, request.body, received_at)
        visit.sent_at = claim.sent_at
        self._authenticate(claim, visit)
        visit.is_genuine = True
        message = classify.classify(request.body, request.headers.get("content-type", ""))
        if isinstance(message, classify.Challenge):
            return replies.challenge(message.text)
        visit.kind, visit.name = message.kind, message.name
        payload = encode(message, received_at, visit.short_id)
        try:
            return self._worker.take(payload, is_awaited=message.is_awaited, seconds=self._left(visit))
        except HandOverFailed as failed:
            return apology(failed, message, self._settings.command, visit.short_id)

    def _authenticate(self, claim: verify.Claim, visit: Visit) -> None:
        """Let pass what Slack signed; say that settings are wrong only to Slack, as far as that can be known."""
        settings = self._settings
        if settings.signing_secret or not settings.problems:
            self._check_signature(claim, visit)
        if settings.problems:
            detail = words.settings_wrong(settings.problems)
            raise replies.broken(replies.INTERNAL_SERVER_ERROR, "settings", detail, visit.short_id)

    def _check_signature(self, claim: verify.Claim, visit: Visit) -> None:
        try:
            for max_age_seconds in (KEPT_SECONDS, DOUBTED_AFTER_SECONDS):
                secret = self._secret.current(max_age_seconds, self._left(visit))
                if verify.is_genuine(claim, secret):
                    return
        except SecretUnavailable as failure:
            status = replies.SERVICE_UNAVAILABLE
            raise replies.broken(status, "secret", str(failure), visit.short_id) from None
        raise replies.unauthentic("wrong_signature")

    def _left(self, visit: Visit) -> float:
        return visit.ends - self._world.monotonic()


def compose(environ: Mapping[str, str], world: World) -> Door:
    """Return a door with the settings of `environ`, which stays its source of AWS credentials."""
    settings = config.read(environ)
    if not settings.problems and settings.lambda_url.startswith("https:"):
        # Lambda gives a function a whole processor while it starts, and a fraction of one while it answers.
        with suppress(OSError):  # an unreadable AWS_CA_BUNDLE is reported by the call that needs it
            wire.tls(environ.get("AWS_CA_BUNDLE", ""))
    aws = Aws(environ=environ, region=settings.region, clock=world.clock, dial=world.dial)

    def fetch(seconds: float) -> bytes:
        return fetch_signing_secret(aws, settings.secrets_url, settings.secret_id, seconds)

    secret = FixedSecret(settings.signing_secret) if settings.signing_secret else FetchedSecret(fetch, world.monotonic)
    return Door(settings, secret, Worker(aws, settings.lambda_url, settings.worker), world)


handler = compose(os.environ, World()).answer
