"""Files go up to the bucket and come down from it, also if it drops its answers, and never with the key."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from claimcheck.authoring import File, FileRef, JobModel
from claimcheck_client import ApiError, AsyncClaimcheck, Claimcheck, NoAnswer
from clients.python.tests.kit import URL, Pauses, scripted
from tests.kit.bucket import bucket
from tests.kit.http_world import served
from tests.kit.upstream import Upstream, head, raw, reply
from tests.kit.world import World, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from claimcheck.authoring.context import JobContext

LARGE = os.urandom(1_000_000)
NAMES = ["a.csv", "50% off.csv", "Größe 你好 🧥.csv", "a?b#c;d&e=f+g"]


class Given(JobModel):
    file: File
    names: list[str]


class Copies(JobModel):
    files: list[FileRef]


def copy(given: Given, job: JobContext) -> Copies:
    with job.open(given.file) as file:
        return Copies(files=[job.save(name, file, "text/csv") for name in given.names])


JOB_TYPE = job_type("copy", input=Given, result=Copies, typical=1)


@contextmanager
def service() -> Iterator[tuple[str, str]]:
    """Yield the URL and a key of a service that copies files."""
    with bucket() as files:
        world = World(
            {"copy": copy},
            [JOB_TYPE],
            files=files,
            timer=lambda duration: nullcontext(),
        )
        with served(world, after_each=world.work) as url:
            yield url, world.acme


@pytest.mark.parametrize("content", [b"a", LARGE, BytesIO(LARGE)], ids=["small", "large", "file"])
def test_a_file_goes_up_and_its_copies_come_down(content: Any, tmp_path: Path) -> None:
    sent = content if isinstance(content, bytes) else content.getvalue()
    found = []

    with service() as (url, key), Claimcheck(url, key, http_client=httpx.Client(trust_env=False)) as client:
        upload = client.upload(content, "text/csv")
        result = client.run("copy", {"file": upload, "names": NAMES}, timeout=60)
        for number, file in enumerate(result["files"]):
            with (tmp_path / str(number)).open("w+b") as into:
                into.write(b"old" * 1_000_000)
                client.download(file, into)
            found.append((file["name"], (tmp_path / str(number)).read_bytes()))

    assert found == [(name, sent) for name in NAMES]


def test_the_same_works_with_async() -> None:
    into = BytesIO()

    async def use(url: str, key: str) -> None:
        http = httpx.AsyncClient(trust_env=False)
        async with AsyncClaimcheck(url, key, http_client=http) as client:
            upload = await client.upload(BytesIO(LARGE), "text/csv")
            result = await client.run("copy", {"file": upload, "names": ["a"]}, timeout=60)
            await client.download(result["files"][0], into)

    with service() as (url, key):
        asyncio.run(use(url, key))

    assert into.getvalue() == LARGE


BUCKET = "https://bucket.example/upload"


HEADERS = {"Content-Length": "4", "Content-Type": "text/csv", "If-None-Match": "*"}


class Bucket:
    """Answers uploads one after the other, after reading each. `sent` has what arrived."""

    def __init__(self, *answers: int | Exception) -> None:
        self.api = httpx.Response(
            201, json={"upload_id": "u", "url": BUCKET, "method": "PUT", "headers": HEADERS}
        )
        self.answers = iter(answers)
        self.sent: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == httpx.URL(URL).host:
            return self.api
        request.read()
        self.sent.append(request)
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)


@pytest.mark.parametrize("lost", [httpx.ReadError("reset"), httpx.WriteError("broken pipe"), 409, 500, 503])
@pytest.mark.parametrize("then", [200, 412])
def test_an_upload_without_an_answer_is_sent_again_from_its_start(lost: int | Exception, then: int) -> None:
    storage = Bucket(lost, then)

    upload = scripted(storage, Pauses()).upload(BytesIO(b"a,b\n"), "text/csv")

    assert upload == {"upload_id": "u"}
    assert [each.content for each in storage.sent] == [b"a,b\n"] * 2
    assert {each.headers["content-length"] for each in storage.sent} == {"4"}
    assert not any("key" in str(each.headers) for each in storage.sent)


def test_an_upload_that_breaks_after_minutes_is_sent_again() -> None:
    storage, pauses = Bucket(httpx.WriteError("broken pipe"), 200), Pauses()

    def answer_late(request: httpx.Request) -> httpx.Response:
        pauses.now += 600
        return storage(request)

    assert scripted(answer_late, pauses).upload(b"a,b\n", "text/csv") == {"upload_id": "u"}
    assert len(storage.sent) == 2


def test_a_refused_upload_raises_the_buckets_status() -> None:
    with pytest.raises(ApiError, match=r"403 http_403: Forbidden, from bucket\.example"):
        scripted(Bucket(403), Pauses()).upload(b"a,b\n", "text/csv")


class Shrinking(BytesIO):
    """A file that loses its end once its size has been asked for."""

    def seek(self, *where: int) -> int:
        place = super().seek(*where)
        if where != (0, SEEK_END):
            self.truncate(3)
        return place


def test_a_file_that_becomes_shorter_is_named() -> None:
    with pytest.raises(ValueError, match="the file had 4 bytes, and has 3 now"):
        scripted(Bucket(200), Pauses()).upload(Shrinking(b"a,b\n"), "text/csv")


def test_what_is_added_to_a_file_meanwhile_is_left_out() -> None:
    storage, file = Bucket(503, 200), BytesIO(b"a,b\n")

    def answer(request: httpx.Request) -> httpx.Response:
        response = storage(request)
        file.seek(0, SEEK_END)
        file.write(b"c,d\n")
        return response

    scripted(answer, Pauses()).upload(file, "text/csv")

    assert [each.content for each in storage.sent] == [b"a,b\n"] * 2


def test_a_path_of_no_file_is_named() -> None:
    file: Any = {"name": "a", "size": 4, "content_type": "text/csv", "url": "/v1/jobs/1"}
    client = scripted(lambda request: httpx.Response(200, json={}), Pauses())

    with pytest.raises(ValueError, match="'/v1/jobs/1' is not the path of a file"):
        client.download(file, BytesIO())


def test_an_upload_that_the_api_refuses_is_not_sent() -> None:
    storage = Bucket()
    storage.api = httpx.Response(422, json={"code": "invalid_fields"})

    with pytest.raises(ApiError, match="invalid_fields"):
        scripted(storage, Pauses()).upload(b"", "text/csv")
    assert storage.sent == []


def downloading(*acts: Any) -> tuple[bytes, Upstream]:
    """Download a file from a bucket that plays these acts."""
    into = BytesIO()
    with Upstream() as storage:
        location = storage.at("/file", *acts)
        api = httpx.MockTransport(lambda request: httpx.Response(303, headers={"location": location}))
        http = httpx.Client(mounts={URL: api}, trust_env=False)
        pauses = Pauses()
        with Claimcheck(URL, "key", http_client=http, clock=pauses.clock, sleep=pauses.sleep) as client:
            client.download({"name": "", "size": 4, "content_type": "", "url": "/v1/jobs/1/files/2/a"}, into)
    return into.getvalue(), storage


def test_a_download_that_breaks_is_started_again() -> None:
    broken = raw(head(200, "Content-Length: 4") + b"a,")

    content, storage = downloading(broken, broken, reply(200, b"a,b\n"))

    assert content == b"a,b\n"
    assert len(storage.requests) == 3
    assert not any("key" in str(each.headers) for each in storage.requests)


@dataclass
class Slow(httpx.SyncByteStream):
    """Breaks after ten minutes."""

    pauses: Pauses

    def __iter__(self) -> Iterator[bytes]:
        yield b"old"
        self.pauses.now += 600
        raise httpx.ReadError("reset")


def test_a_download_that_breaks_after_minutes_is_started_again_from_a_new_url() -> None:
    pauses, into, asked = Pauses(), BytesIO(), list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.host == httpx.URL(URL).host:
            return httpx.Response(303, headers={"location": f"https://bucket.example/{len(asked)}"})
        return httpx.Response(200, stream=Slow(pauses)) if len(asked) == 2 else httpx.Response(200, text="a")

    scripted(answer, pauses).download({"name": "", "size": 1, "content_type": "", "url": "/file"}, into)

    assert (into.getvalue(), asked) == (b"a", ["/file", "/1", "/file", "/3"])


def test_a_download_that_is_refused_raises_the_buckets_status() -> None:
    with pytest.raises(ApiError, match="403 http_403"):
        downloading(reply(403, b"<Error>"))
    with pytest.raises(NoAnswer):
        downloading(raw(head(200, "Content-Length: 4") + b"a,"))


@pytest.mark.parametrize("url", ["https://evil.example/a", "@evil.example/a", ".evil.example/a", ""])
def test_the_key_goes_to_no_other_host(url: str) -> None:
    requests: list[httpx.Request] = []

    def record(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200)

    with pytest.raises(ValueError, match="is not the path of a file of this deployment"):
        scripted(record, Pauses()).download(
            {"name": "", "size": 1, "content_type": "", "url": url}, BytesIO()
        )
    assert requests == []


@pytest.mark.parametrize("path", ["//evil.example/a", "/v1/jobs/1/files/2/a"])
def test_a_path_is_one_of_the_deployments_host(path: str) -> None:
    """Also of one below the path of a custom domain, which the path of a file contains."""
    hosts: list[str] = []

    def record(request: httpx.Request) -> httpx.Response:
        hosts.append(str(request.url))
        return httpx.Response(404)

    http = httpx.Client(transport=httpx.MockTransport(record))
    client = Claimcheck("https://claimcheck.example/jobs/", "key", http_client=http)
    with pytest.raises(ApiError):
        client.download({"name": "", "size": 1, "content_type": "", "url": path}, BytesIO())

    assert hosts == [f"https://claimcheck.example{path}"]
