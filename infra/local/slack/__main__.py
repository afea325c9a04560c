"""`python -m infra.local.slack`: the stand-in by itself, in front of an app that runs elsewhere."""

import argparse
import signal
import threading

from infra.local.slack.serving import serve


def main() -> None:
    """Serve until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--front-url", help="where the app takes Slack's requests")
    parser.add_argument("--front-host", help="the Host header to send there, if not the URL's own")
    given = parser.parse_args()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with serve(port=given.port) as workspace:
        if given.front_url:
            workspace.connect(given.front_url, given.front_host)
        print(f"page           {workspace.url}/\nSLACK_API_URL  {workspace.api_url}", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
