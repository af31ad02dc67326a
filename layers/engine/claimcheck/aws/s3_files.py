"""Uploads and result files in the private S3 bucket, streamed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from botocore.exceptions import ClientError

from claimcheck.aws.calls import code_of
from claimcheck.aws.s3 import URL_LIFE
from claimcheck.domain.files import UPLOAD_TIME, StoredFile, UploadRequest, attachment
from claimcheck.domain.job import SECOND

if TYPE_CHECKING:
    from claimcheck.aws.calls import Service

# The template's lifecycle deletes an upload with this tag after a day.
TAG, UNUSED, USED = "upload", "unused", "used"
# Without the permission to list a bucket, S3 answers 403 if there is no such object (Amazon S3 API Reference,
# "HeadObject").
MISSING = frozenset({"403", "404", "AccessDenied", "NoSuchKey"})
CHANGED = frozenset({"412", "PreconditionFailed"})
# Bytes that a file's reader asks of its connection at once.
READ_AHEAD = 256 * 1024


class S3FileStore:
    def __init__(self, service: Service, bucket: str) -> None:
        self._service = service
        self._client = service.client
        self._bucket = bucket

    def upload_request(self, key: str, size: int, content_type: str) -> UploadRequest:
        """Sign all headers, so S3 refuses another size or type, and to overwrite the file.

        A URL also ends with the function's credentials (Amazon S3 User Guide, "Download and upload objects
        with presigned URLs").
        """
        params = {
            "Bucket": self._bucket,
            "Key": key,
            "ContentLength": size,
            "ContentType": content_type,
            "IfNoneMatch": "*",
            "Tagging": f"{TAG}={UNUSED}",
        }
        url = self._client.generate_presigned_url("put_object", params, ExpiresIn=UPLOAD_TIME // SECOND)
        headers = {
            "Content-Length": str(size),
            "Content-Type": content_type,
            "If-None-Match": "*",
            "x-amz-tagging": f"{TAG}={UNUSED}",
        }
        return UploadRequest(url, headers)

    def find(self, key: str) -> StoredFile | None:
        found = self._unless(MISSING, self._client.head_object, **self._at(key))
        if found is None:
            return None
        return StoredFile(found["ETag"], found["ContentLength"], found["ContentType"])

    def keep(self, key: str) -> None:
        tags = {"TagSet": [{"Key": TAG, "Value": USED}]}
        self._service.call(self._client.put_object_tagging, **self._at(key), Tagging=tags)

    def open(self, key: str, etag: str) -> BinaryIO | None:
        content = _Content(self._service, {**self._at(key), "IfMatch": etag})
        if self._unless(MISSING | CHANGED, content.start) is None:
            return None
        return cast("BinaryIO", io.BufferedReader(content, READ_AHEAD))

    def save(self, key: str, content: BinaryIO, size: int, content_type: str, name: str) -> None:
        def put_object(**params: Any) -> None:
            content.seek(0)
            self._client.put_object(Body=content, **params)

        self._service.call(
            put_object,
            **self._at(key),
            ContentLength=size,
            ContentType=content_type,
            ContentDisposition=attachment(name),
        )

    def url(self, key: str) -> str:
        url: str = self._client.generate_presigned_url("get_object", self._at(key), ExpiresIn=URL_LIFE)
        return url

    def _at(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": key}

    def _unless(self, codes: frozenset[str], operation: Any, **params: Any) -> Any:
        """Return the answer of a call, or None if it is refused with one of the codes."""
        try:
            return self._service.call(operation, **params)
        except ClientError as error:
            if code_of(error) in codes:
                return None
            raise


class _Content(io.RawIOBase):
    """The content of an object. After a broken connection or a `seek` it continues with another request."""

    def __init__(self, service: Service, params: dict[str, str]) -> None:
        self._service = service
        self._params = params
        self._body: Any = None
        self._at = 0
        self._size = 0

    def start(self) -> bool:
        """Raises: ClientError if there is no such object."""
        answer = self._service.client.get_object(**self._params)
        self._body, self._size = answer["Body"], answer["ContentLength"]
        return True

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if (at := max(start + offset, 0)) != self._at:
            self._at = at
            self._drop()
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)
        chunk = self._service.call(self._read, size=len(view)) if self._at < self._size else b""
        view[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)

    def close(self) -> None:
        self._drop()
        super().close()

    def _read(self, size: int) -> bytes:
        try:
            if self._body is None:
                rest = {"Range": f"bytes={self._at}-"}
                self._body = self._service.client.get_object(**self._params, **rest)["Body"]
            chunk: bytes = self._body.read(size)
        except BaseException:
            self._drop()
            raise
        return chunk

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
