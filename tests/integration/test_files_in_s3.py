"""Uploads and files of results, as in the tests of the service, on a bucket of moto."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests  # type: ignore[import-untyped]

from claimcheck.aws.s3_files import TAG, USED, S3FileStore
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.files import upload_key
from claimcheck.testing import FrozenClock
from claimcheck.testing.files import MemoryFile
from tests.kit.cloud import moto_cloud
from tests.kit.file_world import TEXT, FileWorld
from tests.unit.service.test_files import *  # noqa: F403 - they run here again
from tests.unit.service.test_uploads import *  # noqa: F403

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# moto does not check signatures, and this one reaches into the memory. Below, and in tests/e2e.
del test_a_put_that_differs_from_its_request_stores_nothing  # noqa: F821
del test_a_file_that_was_replaced_after_the_submission_is_not_read  # noqa: F821


class Bucket(S3FileStore):
    """The bucket, and what a client and its owner see of it."""

    def send(self, url: str, headers: Mapping[str, str], content: bytes) -> int:
        return int(requests.put(url, content, headers=dict(headers), timeout=5).status_code)

    def fetch(self, url: str) -> bytes:
        found = requests.get(url, timeout=5)
        assert found.status_code == 200
        return bytes(found.content)

    def put(self, key: str, content: bytes) -> None:
        self._client.put_object(**self._at(key), Body=content)

    @property
    def files(self) -> dict[str, MemoryFile]:
        return {key: self._file(key) for key in self._keys()}

    @property
    def kept(self) -> set[str]:
        tagged = {key: self._client.get_object_tagging(**self._at(key))["TagSet"] for key in self._keys()}
        return {key for key, tags in tagged.items() if {"Key": TAG, "Value": USED} in tags}

    def clear(self) -> None:
        if keys := self._keys():
            self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )

    def _keys(self) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def _file(self, key: str) -> MemoryFile:
        found = self._client.get_object(**self._at(key))
        return MemoryFile(found["Body"].read(), found["ContentType"], found.get("ContentDisposition", ""))


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with moto_cloud() as cloud:
        files = bootstrap(cloud.settings, FrozenClock()).files
        assert isinstance(files, S3FileStore)
        yield Bucket(files._service, files._bucket)


@pytest.fixture  # type: ignore[no-redef]
def world(bucket: Bucket) -> Iterator[FileWorld]:
    yield FileWorld(files=bucket)
    bucket.clear()


def test_a_file_that_its_owner_replaced_after_the_submission_is_not_read(
    world: FileWorld, bucket: Bucket
) -> None:
    upload_id = world.upload()
    answer = world.send(file={"upload_id": upload_id})
    bucket.put(upload_key("acme", upload_id), bytes(len(TEXT)))

    world.work()

    ended = world.request("GET", answer.headers["Location"]).json
    assert (ended["status"], ended["error"]["code"]) == ("failed", "upload_gone")
