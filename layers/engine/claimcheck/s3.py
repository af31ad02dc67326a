"""Payloads in a private S3 bucket; each key is written once."""

from __future__ import annotations

from typing import Any

from claimcheck.aws import call
from claimcheck.errors import OutcomeUnknown, Unavailable

URL_LIFE = 300  # seconds


class S3ObjectStore:
    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, text: str) -> None:
        self._call("put_object", Key=key, Body=text.encode(), ContentType="application/json")

    def get(self, key: str) -> str:
        body: bytes = self._call("get_object", Key=key)["Body"].read()
        return body.decode()

    def url(self, key: str) -> str:
        params = {"Bucket": self._bucket, "Key": key}
        url: str = self._client.generate_presigned_url("get_object", params, ExpiresIn=URL_LIFE)
        return url

    def _call(self, operation: str, **params: Any) -> Any:
        try:
            return call(getattr(self._client, operation), Bucket=self._bucket, **params)
        except OutcomeUnknown as error:
            raise Unavailable from error
