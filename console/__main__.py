"""usage: python -m console [--port PORT] [--open] [URL …]

Serves the console of the APIs at these URLs, on this machine only. Without a URL, of each that is typed in.
"""

import argparse
import socket
import sys
import webbrowser
from contextlib import suppress
from threading import Thread

import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware

from console.app import create_app

HERE = "127.0.0.1"
PORT = 8090


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m console", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--open", action="store_true", help="open it in a browser")
    parser.add_argument("urls", nargs="*", metavar="URL")
    given = parser.parse_args(arguments)
    app = create_app(given.urls)
    # A page of another name that leads to this machine is refused.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[HERE])
    try:
        listening = socket.create_server((HERE, given.port))
    except OSError as error:
        sys.exit(f"{error.strerror}. Choose another --port.")
    # It listens before a browser asks. Some browsers run in this terminal until they are left.
    address = f"http://{HERE}:{listening.getsockname()[1]}/console"
    print(f"The console  {address}", flush=True)
    if given.open:
        Thread(target=webbrowser.open, args=[address], daemon=True).start()
    with listening, suppress(KeyboardInterrupt):
        uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False)).run([listening])


if __name__ == "__main__":
    main(sys.argv[1:])
