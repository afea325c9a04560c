"""The local AWS: ministack in a Python environment of its own, on loopback, for as long as a context lasts."""

import contextlib
import fcntl
import hashlib
import http.client
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.local.processes import Child, Command, ProcessError, Processes

LOOPBACK = "127.0.0.1"
REGION = "ap-northeast-2"
HEALTH = "/_ministack/health"
START_SECONDS = 30.0
POLL_SECONDS = 0.05
MARK = ".installed-from"
LEASH = Path(__file__).with_name("leash.py")


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running local AWS.

    Args:
        endpoint_url: where every service of it answers.
        region: the region its resources are in.
        environment: what a program needs to talk to it and to nothing else: address, region, invented keys.
        folder: of this run; holds the logs.
    """

    endpoint_url: str
    region: str
    environment: dict[str, str]
    folder: Path


@contextlib.contextmanager
def one_at_a_time(lock: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock file, so that two playgrounds of one work tree do not install into the same folder at once."""
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting until another playground of this folder has set itself up")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def ensure_environment(  # noqa: PLR0913 - what is installed, from where, and who is told
    folder: Path,
    lock: Path,
    logs: Path,
    processes: Processes,
    say: Callable[[str], None],
    *,
    what: str = "the local AWS",
) -> Path:
    """A Python environment of its own, made from its lock unless it is there already; returns its Python.

    Args:
        folder: where the environment is or goes.
        lock: such as `requirements-playground.lock`, with hashes.
        logs: folder for what pip prints.
        processes: the registry that ends pip too when we are told to end.
        say: told when it takes long.
        what: is installed, for those who wait.

    Raises:
        ProcessError: it could not be made.
    """
    python = folder / "bin" / "python"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    mark = folder / MARK
    if python.exists() and mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return python
    say(f"installing {what} (once per change of its lock)")
    shutil.rmtree(folder, ignore_errors=True)
    environment = dict(os.environ)  # pip is set up by the user's own environment
    make: list[str | Path] = [sys.executable, "-m", "venv", folder]
    processes.run(Command("python -m venv", make, environment, lock.parent, logs / "venv.log"))
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    install += ["--require-hashes", "--only-binary=:all:", "--requirement", lock]
    processes.run(Command("pip install", install, environment, lock.parent, logs / "pip.log"))
    mark.write_text(wanted, encoding="utf-8")
    return python


@contextlib.contextmanager
def running_emulator(
    python: Path, folder: Path, processes: Processes, *, port: int | None = None, enforce_roles: bool = False
) -> Iterator[Emulator]:
    """Start the local AWS with nothing in it, and end it with all its workers when the context is left.

    Args:
        python: of the environment that `ensure_environment` made; the functions run in it too.
        folder: of this run: its log, and everything it and the functions write.
        processes: the registry of started programs.
        port: on loopback; a free one when not given.
        enforce_roles: whether the deployed IAM roles are enforced.

    Raises:
        ProcessError: it ended at once or did not answer in time.
    """
    port = free_port() if port is None else port
    scratch = folder / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    # The functions inherit all of this, so it holds nothing of the user's: no keys, no profile, no proxy.
    environment = {
        "PATH": os.defpath,
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "BIND_HOST": LOOPBACK,  # its default listens on every interface
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "SFTP_ENABLED": "0",  # two more listeners, which nobody here needs
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true" if enforce_roles else "false",
    }
    words: list[str | Path] = [python, "-P", LEASH, "ministack"]
    child = processes.start(
        Command("the local AWS", words, environment, scratch, folder / "ministack.log", leashed=True)
    )
    try:
        _wait_until_it_answers(child, port)
        yield Emulator(f"http://{LOOPBACK}:{port}", REGION, _caller_environment(port, scratch), folder)
    finally:
        processes.stop(child)


def free_port() -> int:
    """A port on loopback that nobody listened on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _caller_environment(port: int, home: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{port}",
        "AWS_REGION": REGION,  # read by the deploy tool
        "AWS_DEFAULT_REGION": REGION,  # read by boto3
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def _wait_until_it_answers(child: Child, port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if child.process.poll() is not None:
            raise ProcessError(f"{child.name} ended at once.\n{child.last_words()}")
        if _answers(port):
            return
        time.sleep(POLL_SECONDS)
    raise ProcessError(f"{child.name} did not answer within {START_SECONDS:.0f} s.\n{child.last_words()}")


def _answers(port: int) -> bool:
    with contextlib.closing(http.client.HTTPConnection(LOOPBACK, port, timeout=2)) as connection:
        try:
            connection.request("GET", HEALTH)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
