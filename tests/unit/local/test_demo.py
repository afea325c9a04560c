"""What ``make demo`` says when it cannot begin: a sentence, with what to do."""

from __future__ import annotations

import socket

import pytest

from infra.local.__main__ import main


def test_a_port_that_is_taken_is_told_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A second playground is told what is in its way, and how it starts beside the first."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code = main(["--port", str(port)])

    assert (code, capsys.readouterr().err) == (
        1,
        f'\nPort {port} is taken, perhaps by another playground. Stop it, or: make demo ARGS="--port 0".\n',
    )


@pytest.mark.parametrize("port", ["70000", "65536", "-1", "http", "8710.0", ""])
def test_a_port_that_cannot_be_one_is_refused(capsys: pytest.CaptureFixture[str], port: str) -> None:
    """It is a wrong call, told before anything is started."""
    with pytest.raises(SystemExit) as ended:
        main([f"--port={port}"])

    written = capsys.readouterr()
    assert (ended.value.code, written.out) == (2, "")
    assert f"{port!r} is no port: a number from 1 to 65535, or 0 for a free one" in written.err
