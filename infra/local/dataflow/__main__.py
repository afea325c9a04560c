"""`python -m infra.local.dataflow --port N`: the simulator for as long as the program runs."""

from __future__ import annotations

import argparse
from contextlib import suppress

from infra.local.dataflow.server import LOOPBACK, listener, server_for
from infra.local.dataflow.world import CHOICES, PLAYGROUND_ACCESS_KEY, Options, World


def main() -> None:
    """Parse the arguments, say where it listens, serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.dataflow", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 (default): any free one")
    for name, choices in CHOICES.items():
        default = getattr(Options(), name)
        parser.add_argument(f"--{name.replace('_', '-')}", choices=choices, default=default)
    told = vars(parser.parse_args())
    bound = listener(told.pop("port"))
    world = World(options=Options().changed(told))
    port = bound.getsockname()[1]
    print(
        f"Data Flow simulator: http://{LOOPBACK}:{port} ({world.options.generation}, {len(world.jobs)} jobs, "
        f"access key {PLAYGROUND_ACCESS_KEY})",
        flush=True,
    )
    with suppress(KeyboardInterrupt):  # uvicorn repeats the signal after it has stopped
        server_for(world).run([bound])


if __name__ == "__main__":
    main()
