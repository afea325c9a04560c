"""Runs a Python module that ends with the program which started it, however that one went: `leash.py MODULE [WORDS]`.

The starter holds the other end of standard input. When it is gone, even by SIGKILL, the pipe closes and the whole
process group ends. It runs in another Python environment than ours, so it imports the standard library only.
"""

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Run the module named on the command line as `python -m` does, on the leash."""
    threading.Thread(target=_end_when_the_pipe_closes, name="leash", daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_when_the_pipe_closes() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
