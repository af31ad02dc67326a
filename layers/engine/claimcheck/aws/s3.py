"""Payloads in a private S3 bucket; each key is written once."""

from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from claimcheck.aws.calls import Service, code_of
from claimcheck.domain.errors import Unavailable

T = TypeVar("T")

URL_LIFE = 300  # seconds


class S3ObjectStore:
    def __init__(self, service: Service, bucket: str) -> None:
        self._service = service
        self._client = service.client
        self._bucket = bucket

    def put(self, key: str, text: str) -> None:
        self._service.call(
            self._client.put_object,
            Bucket=self._bucket,
            Key=key,
            Body=text.encode(),
            ContentType="application/json",
        )

    def get(self, key: str) -> str:
        return self._call(self._read, Key=key).decode()

    def delete(self, key: str) -> None:
        self._call(self._client.delete_object, Key=key)

    def _call(self, operation: Callable[..., T], **params: Any) -> T:
        """Raises: Unavailable, also if the role may not do it, as that of a former version.

        Who may not list is refused an object that is not there ("GetObject", Amazon S3 API Reference).
        """
        try:
            return self._service.call(operation, Bucket=self._bucket, **params)
        except ClientError as error:
            raise Unavailable(code_of(error)) from error

    def url(self, key: str) -> str:
        params = {"Bucket": self._bucket, "Key": key}
        url: str = self._client.generate_presigned_url("get_object", params, ExpiresIn=URL_LIFE)
        return url

    def _read(self, **params: Any) -> bytes:
        """Read the whole body within the call, so that a broken one is retried."""
        body: bytes = self._client.get_object(**params)["Body"].read()
        return body
