"""Files are uploaded once, as announced, read as they were stored, and downloaded under their names."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.files import StoredFile, file_key, upload_key
from tests.kit.jobs import RANDOMNESS, new_org

if TYPE_CHECKING:
    from tests.contract.suite.adapters import Adapters

TEXT = b"item,price\ncoat,30\n"
# More than one look ahead of a reader, and no part like another.
LARGE = b"".join(b"%d\n" % number for number in range(100_000))


def new_upload() -> str:
    return upload_key(new_org(), RANDOMNESS.job_id(0))


def new_file() -> str:
    return file_key(new_org(), RANDOMNESS.job_id(0), RANDOMNESS.token())


def uploaded(adapters: Adapters, content: bytes = TEXT, content_type: str = "text/csv") -> tuple[str, str]:
    """Upload a file, and return its key and ETag."""
    key = new_upload()
    request = adapters.files.upload_request(key, len(content), content_type)
    assert adapters.send(*request, content) == 200
    found = adapters.files.find(key)
    assert found is not None
    return key, found.etag


class FileStoreSuite:
    def test_an_upload_is_found_with_its_size_and_type(self, adapters: Adapters) -> None:
        key, etag = uploaded(adapters, content_type="text/csv; charset=utf-8")

        assert adapters.files.find(key) == StoredFile(etag, len(TEXT), "text/csv; charset=utf-8")

    def test_an_upload_that_was_not_sent_is_not_found(self, adapters: Adapters) -> None:
        key = new_upload()
        adapters.files.upload_request(key, 1, "text/csv")

        assert adapters.files.find(key) is None
        assert adapters.files.open(key, '"etag"') is None

    def test_an_upload_cannot_be_replaced(self, adapters: Adapters) -> None:
        key = new_upload()
        request = adapters.files.upload_request(key, len(TEXT), "text/csv")
        adapters.send(*request, TEXT)
        before = adapters.files.find(key)

        assert adapters.send(*request, bytes(len(TEXT))) == 412

        assert adapters.files.find(key) == before

    def test_equal_contents_have_the_same_etag_and_others_do_not(self, adapters: Adapters) -> None:
        first, second, other = uploaded(adapters), uploaded(adapters), uploaded(adapters, b"other")

        assert first[1] == second[1] != other[1]

    def test_a_file_is_read_as_it_was_uploaded(self, adapters: Adapters) -> None:
        content = adapters.files.open(*uploaded(adapters, LARGE))

        assert content is not None
        with content:
            assert content.read(10) == LARGE[:10]
            assert content.readline() == LARGE[10:].splitlines(keepends=True)[0]
            assert content.read() == LARGE[12:]
            assert content.read() == b""

    def test_a_file_is_read_by_lines(self, adapters: Adapters) -> None:
        content = adapters.files.open(*uploaded(adapters, LARGE))

        assert content is not None
        with io.TextIOWrapper(content, newline="") as lines:
            assert sum(int(line) for line in lines) == sum(range(100_000))

    def test_one_can_seek_in_a_file(self, adapters: Adapters) -> None:
        content = adapters.files.open(*uploaded(adapters, LARGE))

        assert content is not None
        with content:
            assert content.seek(-5, io.SEEK_END) == len(LARGE) - 5
            assert content.read() == LARGE[-5:]
            content.seek(400_000)
            assert content.read(7) == LARGE[400_000:400_007]
            content.seek(1, io.SEEK_CUR)
            assert content.tell() == 400_008
            assert content.read(7) == LARGE[400_008:400_015]
            content.seek(len(LARGE) + 10)
            assert content.read() == b""

    def test_a_file_with_another_etag_is_not_read(self, adapters: Adapters) -> None:
        key, _ = uploaded(adapters)
        _, other = uploaded(adapters, b"other")

        assert adapters.files.open(key, other) is None

    def test_an_upload_that_is_kept_stays_the_same(self, adapters: Adapters) -> None:
        key, etag = uploaded(adapters)

        adapters.files.keep(key)
        adapters.files.keep(key)

        assert adapters.files.find(key) == StoredFile(etag, len(TEXT), "text/csv")

    @pytest.mark.parametrize("content", [b"", TEXT, LARGE])
    def test_a_saved_file_is_downloaded_as_it_was_saved(self, adapters: Adapters, content: bytes) -> None:
        key = new_file()

        adapters.files.save(key, io.BytesIO(content), len(content), "text/csv", "Größe 🧥.csv")

        assert adapters.fetch(adapters.files.url(key)) == content.decode()

    def test_saving_the_same_again_succeeds(self, adapters: Adapters) -> None:
        key, content = new_file(), io.BytesIO(TEXT)

        adapters.files.save(key, content, len(TEXT), "text/csv", "a.csv")
        adapters.files.save(key, content, len(TEXT), "text/csv", "a.csv")

        assert adapters.fetch(adapters.files.url(key)) == TEXT.decode()
