"""Files over a wire with faults, and what only S3 has."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from claimcheck.aws.s3_files import READ_AHEAD
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.files import StoredFile
from tests.contract.faults import always, every_fault, name, once
from tests.contract.suite.file_store import LARGE, TEXT, new_file, new_upload
from tests.kit import wire

if TYPE_CHECKING:
    from claimcheck.bootstrap import Engine
    from tests.contract.conftest import Wired
    from tests.kit.wire import Fault


def stored(engine: Engine, content: bytes = LARGE) -> tuple[str, str]:
    """Store a file, and return its key and ETag."""
    key = new_file()
    engine.files.save(key, io.BytesIO(content), len(content), "text/csv", "a.csv")
    found = engine.files.find(key)
    assert found is not None
    return key, found.etag


def refusing(code: str, status: int) -> Fault:
    return lambda exchange: exchange.refused(status, code)


@every_fault
def test_after_one_fault_a_file_is_saved_completely(wired: Wired, fault: Fault) -> None:
    key, content = new_file(), io.BytesIO(LARGE)

    with wired.wire.broken(once(fault)):
        wired.engine.files.save(key, content, len(LARGE), "text/csv", "a.csv")

    found = wired.engine.files.find(key)
    assert found is not None
    assert found.size == len(LARGE)
    assert wired.wire.operations[:2] == ["s3.PutObject"] * 2


@pytest.mark.parametrize("fault", [*wire.FAULTS, wire.cut_off], ids=name)
def test_after_a_fault_in_the_middle_of_a_file_the_rest_is_read(wired: Wired, fault: Fault) -> None:
    content = wired.engine.files.open(*stored(wired.engine))
    assert content is not None

    with wired.wire.broken(once(fault)), content:
        content.seek(READ_AHEAD + 1)
        rest = content.read()

    assert rest == LARGE[READ_AHEAD + 1 :]


def test_a_connection_that_breaks_after_a_part_is_continued(wired: Wired) -> None:
    file = wired.engine.files.open(*stored(wired.engine))
    assert file is not None
    content = file.raw  # type: ignore[attr-defined]

    first = content.read(1000)
    content._drop()

    assert first + content.readall() == LARGE


def test_a_store_that_stays_away_makes_reading_unavailable(wired: Wired) -> None:
    content = wired.engine.files.open(*stored(wired.engine))
    assert content is not None

    content.seek(READ_AHEAD + 1)
    with wired.wire.broken(always(wire.down)), pytest.raises(Unavailable):
        content.read()


def test_without_the_permission_to_list_a_missing_file_is_forbidden_and_means_the_same(wired: Wired) -> None:
    with wired.wire.broken(always(refusing("AccessDenied", 403))):
        assert wired.engine.files.find(new_upload()) is None
        assert wired.engine.files.open(new_upload(), '"etag"') is None


def test_a_file_that_was_replaced_while_it_is_read_is_not_mixed_with_the_new_one(wired: Wired) -> None:
    key, etag = stored(wired.engine)
    content = wired.engine.files.open(key, etag)
    assert content is not None
    before = content.read(10)
    wired.engine.files.save(key, io.BytesIO(bytes(len(LARGE))), len(LARGE), "text/csv", "a.csv")

    content.seek(READ_AHEAD + 1)
    with pytest.raises(ClientError, match="PreconditionFailed"):
        content.read()

    assert before == LARGE[:10]


def test_an_upload_is_signed_with_all_that_it_announces(wired: Wired) -> None:
    url, headers = wired.engine.files.upload_request("uploads/a/b", 18, "text/csv")

    signed = parse_qs(urlsplit(url).query)
    assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert signed["X-Amz-Expires"] == ["3600"]
    assert set(signed["X-Amz-SignedHeaders"][0].split(";")) == {"host", *map(str.lower, headers)}
    assert headers == {
        "Content-Length": "18",
        "Content-Type": "text/csv",
        "If-None-Match": "*",
        "x-amz-tagging": "upload=unused",
    }


def test_a_file_is_saved_for_a_download_under_its_name(wired: Wired) -> None:
    key = new_file()
    wired.engine.files.save(key, io.BytesIO(TEXT), len(TEXT), "text/html", "Größe; 50%.html")

    client = wired.engine.files._client  # type: ignore[attr-defined]
    found = client.get_object(Bucket=wired.cloud.bucket_name, Key=key)

    assert found["ContentType"] == "text/html"
    assert found["ContentDisposition"] == "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe%3B%2050%25.html"
    assert wired.engine.files.find(key) == StoredFile(found["ETag"], len(TEXT), "text/html")
