"""Serve `POST`, `PUT` and `DELETE`."""

from typing import Any

from claimcheck import cold_start
from claimcheck.bootstrap import bootstrap
from claimcheck.http.server import Api
from claimcheck.installed import ENDPOINTS, dialects

# Built at initialisation, when Lambda gives a function a whole CPU.
engine = bootstrap()
engine.submission  # noqa: B018 - builds it before the first request
api = Api(engine, dialects(), ENDPOINTS, engine.settings.allow_origins)
cold_start.end()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return api.handle(event)
