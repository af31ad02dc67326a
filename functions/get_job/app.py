"""`GET` on the API, and every request that nothing else takes."""

from pathlib import Path
from typing import Any

from claimcheck.bootstrap import bootstrap
from claimcheck.dialects import ALL
from claimcheck.http import Api

# Built while Lambda initialises the function, which has a whole CPU for it.
api = Api(bootstrap(openapi=Path(__file__).with_name("openapi.json")), ALL)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return api.handle(event)
