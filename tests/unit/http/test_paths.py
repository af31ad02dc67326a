"""API Gateway decodes the path of a request, once. The API does not decode it again."""

from __future__ import annotations

from claimcheck.http.contract import Response, Route
from claimcheck.http.routing import Routes
from claimcheck.installed import dialects


def test_a_parameter_is_as_api_gateway_decoded_it() -> None:
    dialect = dialects()[0]._replace(routes=(Route("GET", "/v1/{name}", lambda call: Response(200, "")),))
    [match] = Routes([dialect], {}).matching("/v1/100%25 ü%2F")

    assert match.params == {"name": "100%25 ü%2F"}
