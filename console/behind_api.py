"""The console behind the API's own gateway, at `/console`: the Lambda function of the parameter `Console`.

It opens only the API at the domain of the request, to which API Gateway sends nothing from other domains. Its
processes share the sessions' key.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256
from typing import Any

from mangum import Mangum

from console.app import create_app


@cache
def console_at(domain: str) -> Mangum:
    base = os.environ["BASE_PATH"]
    key = urlsafe_b64encode(sha256(os.environ["SESSION_SECRET"].encode()).digest()).decode()
    app = create_app([f"https://{domain}{base}"], key, base)
    # The connections to the API outlive a request.
    return Mangum(app, lifespan="off", api_gateway_base_path=base)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return console_at(event["requestContext"]["domainName"])(event, context)
