"""Files come out of a job by its result, and reach nobody else."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from claimcheck.authoring import Again, Fail, FileRef, Retry
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.files import FILE_LIMIT
from claimcheck.domain.job import DAY, MINUTE, SECOND
from claimcheck.testing import MemoryFileStore, RecordingContext
from tests.kit.file_world import INLINE, FileWorld, Parcel
from tests.kit.world import Killed, killed

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring import JobContext
    from tests.kit.file_world import Letter


@pytest.fixture
def world() -> FileWorld:
    return FileWorld()


class Meeting(MemoryFileStore):
    """It stores a file once so many are being stored."""

    def __init__(self, parties: int) -> None:
        super().__init__()
        self._all_here = Barrier(parties, timeout=60)

    def save(self, *file: Any) -> None:
        self._all_here.wait()
        super().save(*file)


def saving(*files: tuple[str, bytes | BinaryIO, str], then: Any = None) -> Callable[..., Any]:
    """Return a handler that saves the files, and then returns them all, or raises `then`."""

    def handle(given: Letter, job: JobContext) -> Any:
        refs = [job.save(*each) for each in files]
        if then is not None:
            raise then
        return Parcel(files=refs)

    return handle


@pytest.mark.parametrize(
    "name",
    ["a", "report 50%.csv", "Größe 你好 🧥.csv", "a?b#c;d&e=f", "..a", "x" * 255, "🧥" * 255, '"quoted"'],
)
def test_every_name_comes_back_with_its_file(world: FileWorld, name: str) -> None:
    world.handle = saving((name, b"content", "text/plain"))

    [file] = world.run()["result"]["files"]

    assert file["name"] == name
    assert file["url"].isascii()
    assert world.download(file["url"]) == b"content"


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "../a", "a\\b", "a\nb", "a\x00", "\u202egpj.exe", "\ud800", "x" * 256, "🧥" * 256],
)
def test_a_name_with_a_path_or_without_end_is_the_handlers_mistake(world: FileWorld, name: str) -> None:
    refused: list[str] = []

    def handle(given: Letter, job: JobContext) -> Any:
        with pytest.raises(ValueError, match="a file's name must") as raised:
            job.save(name, b"x", "text/plain")
        refused.append(str(raised.value))
        return Parcel(files=[])

    world.handle = handle

    assert world.run()["status"] == "completed"
    assert len(refused) == 1
    assert world.files.files == {}


def test_files_that_are_saved_in_threads_have_addresses_of_their_own(world: FileWorld) -> None:
    """Each save begins while all others are under way."""
    world.rebuild(files=Meeting(8))
    world.files = world.engine.files

    def handle(given: Letter, job: JobContext) -> Any:
        def save(number: int) -> FileRef:
            return job.save("a", str(number).encode(), "text/plain")

        with ThreadPoolExecutor(8) as pool:
            return Parcel(files=list(pool.map(save, range(8))))

    world.handle = handle

    files = world.run()["result"]["files"]

    assert [world.download(file["url"]) for file in files] == [str(number).encode() for number in range(8)]


def test_two_files_can_have_the_same_name(world: FileWorld) -> None:
    world.handle = saving(("a", b"first", "text/plain"), ("a", b"second", "text/plain"))

    files = world.run()["result"]["files"]

    assert [world.download(each["url"]) for each in files] == [b"first", b"second"]


def test_an_attempt_saves_a_thousand_files_and_no_more(world: FileWorld) -> None:
    def handle(given: Letter, job: JobContext) -> Any:
        refs = [job.save(f"{number}", b"%d" % number, "text/plain") for number in range(1000)]
        with pytest.raises(ValueError, match="1,000 files"):
            job.save("one more", b"", "text/plain")
        return Parcel(files=refs)

    world.handle = handle

    ended = world.run()
    result = world.request("GET", f"/v1/jobs/{ended['job_id']}/result")
    assert len({world.download(each["url"]) for each in result.json["files"]}) == 1000


class Sparse(io.RawIOBase):
    """A file that only says how large it is."""

    def __init__(self, size: int) -> None:
        self.size = size

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.size


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(world: FileWorld) -> None:
    world.handle = saving(("a", Sparse(FILE_LIMIT + 1), "text/plain"))  # type: ignore[arg-type]

    assert world.run()["error"]["code"] == "attempts_exhausted"
    assert world.files.files == {}


def test_an_open_file_is_saved_from_its_start(world: FileWorld) -> None:
    written = io.BytesIO()
    written.write(b"content")
    world.handle = saving(("a", written, "text/plain"))

    [file] = world.run()["result"]["files"]

    assert (file["size"], world.download(file["url"])) == (7, b"content")


@pytest.mark.parametrize("content", [io.StringIO("text"), io.BufferedWriter(io.FileIO(os.devnull, "w"))])
def test_a_file_of_text_or_for_writing_only_is_refused(world: FileWorld, content: Any) -> None:
    refused: list[str] = []

    def handle(given: Letter, job: JobContext) -> Any:
        with pytest.raises(ValueError, match=r"binary|read") as raised:
            job.save("a", content, "text/plain")
        refused.append(str(raised.value))
        return Parcel(files=[])

    world.handle = handle

    assert world.run()["status"] == "completed"
    assert len(refused) == 1
    with pytest.raises(ValueError, match=r"binary|read"):
        RecordingContext().save("a", content, "text/plain")


def test_a_result_cannot_name_a_file_that_was_not_saved(world: FileWorld) -> None:
    def by_hand(given: Letter, job: JobContext) -> Any:
        ref = job.save("a", b"x", "text/plain")
        return Parcel(files=[ref, FileRef(name="b", size=1, content_type="text/plain", url=f"{ref.url}b")])

    def changed(given: Letter, job: JobContext) -> Any:
        return Parcel(files=[job.save("a", b"x", "text/plain").model_copy(update={"size": 2})])

    for world.handle in (by_hand, changed):
        ended = world.run()
        assert (ended["status"], ended["error"]["code"]) == ("failed", "invalid_result")
        assert world.job(ended["job_id"]).files is None


def test_a_file_of_an_earlier_call_is_not_one_of_this_attempt(world: FileWorld) -> None:
    kept: list[FileRef] = []

    def handle(given: Letter, job: JobContext) -> Any:
        if not kept:
            kept.append(job.save("a", b"x", "text/plain"))
            raise Again(after=1)
        return Parcel(files=kept)

    world.handle = handle

    assert world.run()["error"]["code"] == "invalid_result"


def paths_of(world: FileWorld) -> list[str]:
    """Return the path of each stored file, as somebody would guess it who knows the store's keys."""
    found = []
    for key in world.files.files:
        if key.startswith("result/"):
            job_id, _, token = key.removeprefix("result/").rpartition("-")
            found.append(f"/v1/jobs/{job_id}/files/{token}/a")
    return found


@pytest.mark.parametrize("outcome", [Fail("no", "No."), ValueError("a bug"), Retry(after=1)])
def test_files_of_a_job_that_fails_reach_nobody(world: FileWorld, outcome: Exception) -> None:
    world.handle = saving(("a", b"x", "text/plain"), then=outcome)

    assert world.run()["status"] == "failed"

    assert paths_of(world)
    assert [world.download(path) for path in paths_of(world)] == [None] * len(paths_of(world))


def test_files_of_a_lost_worker_reach_nobody_and_those_of_the_next_do(world: FileWorld) -> None:
    world.handle = saving(("a", b"first", "text/plain"))
    answer = world.send(file=INLINE)
    world.rebuild(timer=killed)
    with pytest.raises(Killed):
        world.work()
    lost = paths_of(world)
    world.rebuild(timer=None)
    world.handle = saving(("a", b"second", "text/plain"))

    world.advance(10 * MINUTE)

    [file] = world.request("GET", answer.headers["Location"]).json["result"]["files"]
    assert [world.download(path) for path in lost] == [None]
    assert world.download(file["url"]) == b"second"


def test_a_file_that_the_result_does_not_name_reaches_nobody(world: FileWorld) -> None:
    def handle(given: Letter, job: JobContext) -> Any:
        job.save("draft", b"secret", "text/plain")
        return Parcel(files=[job.save("a", b"x", "text/plain")])

    world.handle = handle
    [file] = world.run()["result"]["files"]
    *path, token, name = file["url"].split("/")

    assert world.download(file["url"]) == b"x"
    assert token.startswith("001")
    assert world.download("/".join([*path, "000" + token.removeprefix("001"), name])) is None


def test_no_other_org_gets_a_file(world: FileWorld) -> None:
    world.handle = saving(("a", b"x", "text/plain"))
    [file] = world.run()["result"]["files"]

    assert world.download(file["url"], key=world.key("other")) is None


def test_a_token_opens_the_files_of_its_own_job_only(world: FileWorld) -> None:
    world.handle = saving(("a", b"x", "text/plain"))
    first, second = (world.run()["result"]["files"][0]["url"] for _ in range(2))
    mixed = first.replace(first.split("/")[3], second.split("/")[3])

    assert world.download(mixed) is None


@pytest.mark.parametrize("token", ["0" * 35, "000", "x", "\u00fc", "%00", "\u00fc" * 35])
def test_a_wrong_token_is_404(world: FileWorld, token: str) -> None:
    world.handle = saving(("a", b"x", "text/plain"))
    job_id = world.run()["job_id"]

    assert world.download(f"/v1/jobs/{job_id}/files/{token}/a") is None


def test_a_job_that_has_not_ended_has_no_files(world: FileWorld) -> None:
    job_id = world.send(file=INLINE).json["job_id"]

    assert world.download(f"/v1/jobs/{job_id}/files/{'0' * 35}/a") is None


def test_files_can_be_read_as_long_as_the_job(world: FileWorld) -> None:
    world.handle = saving(("a", b"x", "text/plain"))
    [file] = world.run()["result"]["files"]

    world.clock.advance(DAY)

    assert world.download(file["url"]) is None


def test_a_client_that_cannot_follow_a_redirect_gets_the_url(world: FileWorld) -> None:
    world.handle = saving(("a", b"x", "text/plain"))
    [file] = world.run()["result"]["files"]

    answer = world.request("GET", file["url"], query="redirect=false")

    followed = world.request("GET", file["url"]).headers["Location"]
    assert (answer.status, answer.json) == (200, {"url": followed})


def test_a_job_without_files_stores_nothing_for_them(world: FileWorld) -> None:
    world.handle = lambda given, job: Parcel(files=[])

    assert world.job(world.run()["job_id"]).files is None


def test_a_store_that_does_not_answer_costs_an_attempt_and_not_the_job() -> None:
    @dataclass
    class Resting(MemoryFileStore):
        rests: int = 2

        def __post_init__(self) -> None:
            super().__init__()

        def save(self, *args: Any) -> None:
            self.rests -= 1
            if self.rests >= 0:
                raise Unavailable
            super().save(*args)

    world = FileWorld(files=Resting())
    world.handle = saving(("a", b"x", "text/plain"))

    ended = world.run()

    executions = world.request("GET", f"/v1/jobs/{ended['job_id']}/executions").json["executions"]
    assert ended["status"] == "completed"
    assert [each["outcome"] for each in executions] == ["completed", "retry", "retry"]
    assert {each["error"]["code"] for each in executions[1:]} == {"unavailable"}


def test_a_path_of_a_custom_domain_comes_before_that_of_a_file(
    world: FileWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BASE_PATH", "/jobs")
    world.handle = saving(("a", b"x", "text/plain"))

    job_id = world.send(file=INLINE).json["job_id"]
    world.advance(10 * SECOND)
    [file] = world.request("GET", f"/v1/jobs/{job_id}").json["result"]["files"]

    assert file["url"].startswith(f"/jobs/v1/jobs/{job_id}/files/")
    assert world.download(file["url"]) == b"x"
