"""Processes that are what Lambda runs: the private function, made once in each, with several threads that click."""

from __future__ import annotations

import multiprocessing
import os
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handler.entrypoints.worker import handler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnContext
    from multiprocessing.synchronize import Barrier

    Event = dict[str, Any]
    Environment = Mapping[str, str]

LONGEST_START_SECONDS = 120
LONGEST_ROUND_SECONDS = 120
TICK: Event = {"detail-type": "Scheduled Event"}


@dataclass(frozen=True, slots=True)
class Crowd:
    """Started processes. ``act`` is called by one thread at a time."""

    pipes: tuple[Connection, ...]

    def act(self, people: Sequence[Sequence[Event]]) -> tuple[str, ...]:
        """Let everybody act at the same moment; return what was raised, nothing when all went well.

        Each person has a thread, which delivers their events one after the other. People are dealt out to the
        processes in their order, in which they also set out there.
        """
        for number, pipe in enumerate(self.pipes):
            pipe.send(list(people[number :: len(self.pipes)]))
        return tuple(broken for pipe in self.pipes for broken in _answer(pipe, LONGEST_ROUND_SECONDS))


@contextmanager
def started(environment: Environment, processes: int) -> Iterator[Crowd]:
    """Start processes whose whole environment is given; end them when the context is left."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(processes)
    pipes: list[Connection] = []
    children = []
    try:
        for _ in range(processes):
            ours, process = _start(context, start, environment)
            pipes.append(ours)
            children.append(process)
        for pipe in pipes:
            assert _answer(pipe, LONGEST_START_SECONDS) == []
        yield Crowd(tuple(pipes))
    finally:
        for child in children:
            child.kill()  # they hold nothing, and an orderly end takes seconds
        for pipe, child in zip(pipes, children, strict=True):
            pipe.close()
            child.join()


def _start(context: SpawnContext, start: Barrier, environment: Environment) -> tuple[Connection, Any]:
    ours, theirs = context.Pipe()
    child = context.Process(target=_serve, args=(theirs, start, dict(environment)), daemon=True)
    child.start()
    theirs.close()
    return ours, child


def _answer(pipe: Connection, within_seconds: float) -> list[str]:
    if not pipe.poll(within_seconds):
        raise TimeoutError(f"a process did not answer within {within_seconds} s")
    broken: list[str] = pipe.recv()
    return broken


def _serve(pipe: Connection, start: Barrier, environment: Environment) -> None:
    """Be one process: warm up, then let people act as the pipe says, until it is closed."""
    os.environ.clear()
    os.environ.update(environment)
    with closing(pipe):
        pipe.send(_acted([[TICK]], lambda: None))
        while True:
            try:
                people = pipe.recv()
            except EOFError:
                return
            pipe.send(_acted(people, lambda: start.wait(LONGEST_ROUND_SECONDS)))


def _acted(people: Sequence[Sequence[Event]], wait: Callable[[], object]) -> list[str]:
    broken: list[str] = []
    go = threading.Event()

    def act(events: Sequence[Event]) -> None:
        go.wait(LONGEST_ROUND_SECONDS)
        try:
            for event in events:
                handler(event, None)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to see it
            broken.append(repr(error))

    threads = [threading.Thread(target=act, args=(events,)) for events in people]
    for thread in threads:
        thread.start()
    wait()
    go.set()
    for thread in threads:
        thread.join()
    return broken
