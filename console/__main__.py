"""usage: python -m console [--port PORT] [URL …]

Serves the console of the APIs at these URLs, on this machine only. Without a URL, of each that is typed in.
"""

import argparse
import sys

import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware

from console.app import create_app

HERE = "127.0.0.1"
PORT = 8090


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m console", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("urls", nargs="*", metavar="URL")
    given = parser.parse_args(arguments)
    app = create_app(given.urls)
    # A page of another name that leads to this machine is refused.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[HERE])
    uvicorn.run(app, host=HERE, port=given.port, log_level="warning", server_header=False)


if __name__ == "__main__":
    main(sys.argv[1:])
