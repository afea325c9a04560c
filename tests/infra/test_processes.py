"""Everything the playground starts ends with it, however that comes about."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.emulator import LEASH
from infra.local.node import node_program
from infra.local.processes import Command, ProcessError, Processes
from infra.local.stack import ROOT

SHELL = "/bin/sh"
LOOKS = 500


def shell(script: str, folder: Path) -> Command:
    """A small program for the shell."""
    return Command("the script", [SHELL, "-c", script], {"PATH": os.defpath}, folder, folder / "script.log")


def is_running(pid: int) -> bool:
    """Whether there is such a process, other than one that has ended and waits to be counted."""
    answer = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - asks the system for one process
    return answer.stdout.strip() not in ("", "Z", "Zs")


def test_what_a_program_prints_comes_back(tmp_path: Path) -> None:
    """A program that succeeds gives its output, errors included."""
    with Processes() as processes:
        assert processes.run(shell("echo out; echo err >&2", tmp_path)) == "out\nerr\n"


def test_a_program_gets_the_environment_it_was_given_and_no_more(tmp_path: Path) -> None:
    """Nothing of the user's environment leaks into what is started."""
    with Processes() as processes:
        printed = processes.run(shell("echo ${HOME-none}", tmp_path))

    assert printed == "none\n"


def test_a_failure_says_how_it_ended(tmp_path: Path) -> None:
    """The message has the name, the code and the end of what was printed."""
    with Processes() as processes, pytest.raises(ProcessError) as failed:
        processes.run(shell("echo the reason; exit 3", tmp_path))

    assert str(failed.value) == "the script failed with code 3.\nthe reason"


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A missing program is one error with its name."""
    missing = Command("the tool", [tmp_path / "no-such-tool"], {}, tmp_path, tmp_path / "tool.log")
    with Processes() as processes, pytest.raises(ProcessError, match="the tool could not be started"):
        processes.start(missing)


def test_children_of_children_end_too(tmp_path: Path) -> None:
    """What a program leaves running in the background ends with it."""
    with Processes() as processes:
        pid = int(processes.run(shell("sleep 600 & echo $!", tmp_path)))

    assert not is_running(pid)


def test_leaving_the_context_ends_what_runs(tmp_path: Path) -> None:
    """A child started in the background is gone when the context is left."""
    with Processes() as processes:
        child = processes.start(shell("sleep 600", tmp_path))

    assert child.process.returncode == -signal.SIGTERM


def test_a_program_that_takes_too_long_is_ended_even_if_it_is_deaf(tmp_path: Path) -> None:
    """One that ignores SIGTERM is killed after the time of grace."""
    deaf = shell("trap '' TERM; echo $$; while :; do sleep 600; done", tmp_path)
    with Processes(grace_seconds=0.3) as processes, pytest.raises(ProcessError, match="took over 0 s") as late:
        processes.run(deaf, timeout_seconds=0.3)

    assert not is_running(int(str(late.value).split()[-1]))


def test_ending_twice_does_nothing(tmp_path: Path) -> None:
    """A child that was ended is not signalled again, whoever has its pid by then."""
    with Processes() as processes:
        child = processes.start(shell("sleep 600", tmp_path))
        processes.stop(child)
        processes.stop(child)

        assert child.process.returncode == -signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_parent_ends_the_children(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C, a plain kill and a closed terminal all leave nothing running."""
    program = tmp_path / "parent.py"
    program.write_text(
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from infra.local.processes import Command, Processes\n"
        # Whoever runs the tests in the background or with nohup has these ignored, and children inherit that.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "for each in (signal.SIGTERM, signal.SIGHUP):\n"
        "    signal.signal(each, signal.SIG_DFL)\n"
        "with Processes() as processes:\n"
        "    here = Path(sys.argv[1])\n"
        "    child = processes.start(Command('it', ['/bin/sleep', '600'], {}, here, here / 'log'))\n"
        "    print(child.process.pid, flush=True)\n"
        "    os.kill(os.getpid(), int(sys.argv[2]))\n"
        "    child.process.wait()\n",
        encoding="utf-8",
    )
    ended = subprocess.run(  # noqa: S603 - this interpreter, a program of our own
        [sys.executable, program, tmp_path, str(int(number))],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode != 0
    assert not is_running(int(ended.stdout))


def test_a_leashed_program_ends_when_its_starter_is_gone(tmp_path: Path) -> None:
    """When the pipe to the starter closes, as it does when that is killed, the program and its group end."""
    (tmp_path / "waits.py").write_text(
        "import subprocess, threading\n"
        "print(subprocess.Popen(['/bin/sleep', '600']).pid, flush=True)\n"
        "threading.Event().wait()\n",
        encoding="utf-8",
    )
    leashed = subprocess.Popen(  # noqa: S603 - this interpreter, a program of our own
        [sys.executable, "-P", LEASH, "waits"],
        env={"PYTHONPATH": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    grandchild = int(leashed.stdout.readline()) if leashed.stdout else 0
    leashed.communicate()  # closes the pipe, as the end of the starter would

    assert leashed.returncode == -signal.SIGKILL
    # A killed process is gone once the system has come to it: each look takes some milliseconds.
    assert any(not is_running(grandchild) for _ in range(LOOKS))


def test_a_missing_node_is_said_with_what_to_do() -> None:
    """Without the program the message says what to install."""
    with pytest.raises(ProcessError, match="Install Node 20 or later, with npm, and run it again"):
        node_program("no-such-program")
