"""Serve `GET`, and all requests without another route."""

from pathlib import Path
from typing import Any

from claimcheck import cold_start
from claimcheck.bootstrap import bootstrap
from claimcheck.http.server import Api
from claimcheck.installed import dialects

# Built at initialisation, when Lambda gives a function a whole CPU.
engine = bootstrap(openapi=Path(__file__).with_name("openapi.json"))
engine.reader  # noqa: B018 - builds it and its client before the first request
api = Api(engine, dialects(), origins=engine.settings.allow_origins)
cold_start.end()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return api.handle(event)
