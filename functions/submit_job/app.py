"""`POST`, `PUT` and `DELETE` on the API."""

from typing import Any

from claimcheck.bootstrap import bootstrap
from claimcheck.http.server import Api
from claimcheck.installed import ENDPOINTS, dialects

# Built while Lambda initialises the function, which has a whole CPU for it.
engine = bootstrap()
engine.submission  # noqa: B018 - with all that it needs, here and not on the first request
api = Api(engine, dialects(), ENDPOINTS)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return api.handle(event)
