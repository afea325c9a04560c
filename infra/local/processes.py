"""The programs that the playground starts: each in a process group of its own, each ended with its whole group.

A child that does not share our group does not hear the terminal's Ctrl-C, so the order of ending is ours, and a child's
own children (the emulator's function workers, the deploy tool's helpers) are ended with it.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Self

POLL_SECONDS = 0.02
LAST_LINES = 15
# SIGKILL cannot be refused; the short wait is for ports to be free again. It is not longer because a group also lasts
# while it has a zombie that the system's first process has yet to collect.
KILLED_SECONDS = 0.3


class ProcessError(Exception):
    """A program could not be started or failed; the message has the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program to start.

    Args:
        name: what to call it in messages.
        words: the program and its arguments.
        env: its whole environment; nothing of ours is added.
        cwd: the folder it starts in.
        log: the file that gets all it prints.
        leashed: whether its standard input is a pipe that we hold, by which `leash.py` notices that we are gone.
    """

    name: str
    words: Sequence[str | Path]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    leashed: bool = False


@dataclass(frozen=True, slots=True)
class Child:
    """A program that was started.

    Args:
        command: what was started.
        process: the handle; its pid is also the id of the group.
    """

    command: Command
    process: subprocess.Popen[bytes]

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self.command.name

    def last_words(self) -> str:
        """The end of what it printed, for a message."""
        try:
            lines = self.command.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-LAST_LINES:])


@dataclass(slots=True)
class Processes:
    """A registry of children. Leaving the context ends all that are still there, the newest first.

    Within the context SIGTERM and SIGHUP unwind the program as Ctrl-C does, so that it is left in every case.

    Args:
        grace_seconds: how long a child may take to end after SIGTERM before it is killed.
    """

    grace_seconds: float = 5.0
    _children: list[Child] = field(default_factory=list)
    _signals: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> Self:
        self._signals.enter_context(_ended_by_signals())
        return self

    def __exit__(self, *_: object) -> None:
        with self._signals:
            self.stop_all()

    def start(self, command: Command) -> Child:
        """Start a program in the background.

        Raises:
            ProcessError: the program is not there.
        """
        command.log.parent.mkdir(parents=True, exist_ok=True)
        with command.log.open("ab") as output:
            try:
                process = subprocess.Popen(  # noqa: S603 - our own programs with our own arguments, no shell
                    [str(word) for word in command.words],
                    env=dict(command.env),
                    cwd=command.cwd,
                    stdin=subprocess.PIPE if command.leashed else subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise ProcessError(f"{command.name} could not be started: {error}") from error
        child = Child(command, process)
        self._children.append(child)
        return child

    def run(self, command: Command, *, timeout_seconds: float = 600) -> str:
        """Run a program to its end and return what its log holds.

        Raises:
            ProcessError: it failed or took too long; it has been ended.
        """
        child = self.start(command)
        try:
            code = child.process.wait(timeout=timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise ProcessError(f"{child.name} took over {timeout_seconds:.0f} s.\n{child.last_words()}") from error
        finally:
            self.stop(child)
        if code != 0:
            raise ProcessError(f"{child.name} failed with code {code}.\n{child.last_words()}")
        return command.log.read_text(encoding="utf-8", errors="replace")

    def stop(self, child: Child) -> None:
        """End a child and all that it started; returns when they are gone. Ending twice does nothing."""
        if child not in self._children:
            return
        _end_group(child.process, self.grace_seconds)
        self._children.remove(child)

    def stop_all(self) -> None:
        """End all children, the newest first. A second Ctrl-C meanwhile does not leave any behind."""
        with _deaf_to_interrupts():
            for child in reversed(self._children.copy()):
                self.stop(child)


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)  # the shell's code for a program that a signal ended


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_group(process: subprocess.Popen[bytes], grace_seconds: float) -> None:
    """End the leader politely, then whatever is left of its group by force."""
    if process.poll() is None:
        _signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=grace_seconds)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()
    until = time.monotonic() + KILLED_SECONDS
    while _signal_group(process.pid, 0) and time.monotonic() < until:
        time.sleep(POLL_SECONDS)


def _signal_group(group: int, number: int) -> bool:
    """Whether there was a group to signal."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says "not permitted" of a group of zombies
        return False
    return True
