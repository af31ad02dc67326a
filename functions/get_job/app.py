"""`GET` on the API, and every request that nothing else takes."""

from pathlib import Path
from typing import Any

from claimcheck.bootstrap import bootstrap
from claimcheck.http.server import Api
from claimcheck.installed import dialects

# Built while Lambda initialises the function, which has a whole CPU for it.
engine = bootstrap(openapi=Path(__file__).with_name("openapi.json"))
engine.reader  # noqa: B018 - with the client that it needs, here and not on the first request
api = Api(engine, dialects())


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return api.handle(event)
