"""Files go into a job by an upload, once, and into no job of another org."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring import Fail
from claimcheck.authoring.files import INLINE_LIMIT
from claimcheck.domain.files import FILE_LIMIT, UPLOAD_LIFE, upload_key
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND
from tests.kit.file_world import INLINE, TEXT, FileWorld, Parcel

if TYPE_CHECKING:
    from claimcheck.authoring import JobContext
    from tests.kit.file_world import Letter
    from tests.kit.world import Answer


@pytest.fixture
def world() -> FileWorld:
    return FileWorld()


def refuse(given: Letter, job: JobContext) -> Fail:
    return Fail("no", "No.")


def wrong(answer: Answer) -> dict[str, str]:
    assert answer.status == 422, answer.text
    return {each["pointer"]: each["message"] for each in answer.json["errors"]}


def test_an_upload_is_requested_sent_and_used(world: FileWorld) -> None:
    asked = world.asked()

    assert asked.status == 201
    assert asked.json["method"] == "PUT"
    assert asked.json["headers"]["Content-Type"] == "text/csv"
    assert asked.json["headers"]["If-None-Match"] == "*"
    assert asked.json["expires_at"] == "2026-06-21T11:00:00.000Z"
    world.files.send(asked.json["url"], asked.json["headers"], TEXT)
    ended = world.run(file={"upload_id": asked.json["upload_id"]})
    [file] = ended["result"]["files"]
    assert {name: file[name] for name in ("name", "size", "content_type")} == {
        "name": "0.csv",
        "size": len(TEXT),
        "content_type": "text/csv",
    }
    assert world.download(file["url"]) == TEXT


def test_an_upload_costs_no_read_and_no_write(world: FileWorld) -> None:
    world.asked()

    assert world.store.all_jobs() == []
    assert world.files.files == {}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"size": 1}, "/content_type"),
        ({"content_type": "text/csv"}, "/size"),
        ({"content_type": "text/csv", "size": 0}, "/size"),
        ({"content_type": "text/csv", "size": FILE_LIMIT + 1}, "/size"),
        ({"content_type": "text/csv", "size": "1"}, "/size"),
        ({"content_type": "text/csv", "size": True}, "/size"),
        ({"content_type": "", "size": 1}, "/content_type"),
        ({"content_type": "text", "size": 1}, "/content_type"),
        ({"content_type": "text/csv\r\nx-evil: 1", "size": 1}, "/content_type"),
        ({"content_type": "text/\u00fc", "size": 1}, "/content_type"),
        ({"content_type": "text/csv\n", "size": 1}, "/content_type"),
        ({"content_type": "text/csv", "size": 1, "name": "x"}, "/name"),
        ([], ""),
    ],
)
def test_a_wrong_request_for_an_upload_names_its_field(world: FileWorld, body: Any, field: str) -> None:
    assert list(wrong(world.request("POST", "/v1/uploads", body))) == [field]


def test_the_largest_upload_is_one_gibibyte(world: FileWorld) -> None:
    assert world.asked(size=1024**3).status == 201


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (TEXT[:-1], {}, 403),
        (TEXT + b"x", {}, 403),
        (b"", {}, 403),
        (TEXT, {"Content-Type": "text/html"}, 403),
        (TEXT, {"If-None-Match": ""}, 403),
    ],
)
def test_a_put_that_differs_from_its_request_stores_nothing(
    world: FileWorld, content: bytes, headers: dict[str, str], status: int
) -> None:
    asked = world.asked().json

    assert world.files.send(asked["url"], asked["headers"] | headers, content) == status

    assert "names no upload" in wrong(world.send(file={"upload_id": asked["upload_id"]}))["/input/file"]


def test_an_upload_that_was_never_sent_is_refused(world: FileWorld) -> None:
    upload_id = world.asked().json["upload_id"]

    assert "once its PUT is done" in wrong(world.send(file={"upload_id": upload_id}))["/input/file"]


def test_an_upload_can_be_sent_only_once(world: FileWorld) -> None:
    asked = world.asked().json
    world.files.send(asked["url"], asked["headers"], TEXT)

    again = world.files.send(asked["url"], asked["headers"], bytes(len(TEXT)))

    ended = world.run(file={"upload_id": asked["upload_id"]})
    assert again == 412
    assert world.download(ended["result"]["files"][0]["url"]) == TEXT


def test_an_upload_of_another_org_is_as_one_that_does_not_exist(world: FileWorld) -> None:
    upload_id = world.upload(key=world.key("other"))
    unknown = world.asked().json["upload_id"]

    refused = [world.send(file={"upload_id": each}) for each in (upload_id, unknown)]

    assert wrong(refused[0]) == wrong(refused[1])
    assert world.store.all_jobs() == []


def test_an_upload_can_be_submitted_for_twelve_hours(world: FileWorld) -> None:
    upload_id = world.upload()

    world.clock.advance(UPLOAD_LIFE - 1)
    in_time = world.send(file={"upload_id": upload_id})
    world.clock.advance(1)
    late = world.send(file={"upload_id": upload_id})

    assert UPLOAD_LIFE == 12 * HOUR
    assert in_time.status == 202
    assert "12 hours" in wrong(late)["/input/file"]


def test_a_replay_of_a_submission_needs_no_upload_any_more(world: FileWorld) -> None:
    body = {"type": "echo", "input": {"file": {"upload_id": world.upload()}}}
    first = world.request("POST", "/v1/jobs", body, idempotency_key="k")
    world.clock.advance(UPLOAD_LIFE)

    again = world.request("POST", "/v1/jobs", body, idempotency_key="k")

    assert (first.status, again.status) == (202, 202)
    assert again.json == first.json


def test_a_submitted_upload_is_kept_and_others_are_not(world: FileWorld) -> None:
    used, unused, misused = world.upload(), world.upload(), world.upload()

    assert world.send(file={"upload_id": used}).status == 202
    assert world.send(file={"upload_id": misused}, colour="red").status == 422

    assert world.files.kept == {upload_key("acme", used)}
    assert upload_key("acme", unused) in world.files.files


def test_two_jobs_can_share_an_upload_and_none_deletes_it(world: FileWorld) -> None:
    given = {"file": {"upload_id": world.upload()}}

    results = [world.run(**given), world.run(**given)]

    assert [world.download(each["result"]["files"][0]["url"]) for each in results] == [TEXT, TEXT]


def test_a_file_that_was_replaced_after_the_submission_is_not_read(world: FileWorld) -> None:
    upload_id = world.upload()
    answer = world.send(file={"upload_id": upload_id})
    key = upload_key("acme", upload_id)
    world.files.files[key] = world.files.files[key]._replace(content=bytes(len(TEXT)))

    world.work()

    ended = world.request("GET", answer.headers["Location"]).json
    assert (ended["status"], ended["error"]["code"]) == ("failed", "upload_gone")


def test_uploads_are_found_anywhere_in_an_input_and_nowhere_else(world: FileWorld) -> None:
    ids = [world.upload(b"%d" % number) for number in range(5)]
    plain = {"upload_id": ids[0]}

    ended = world.run(
        file=plain,
        others=[
            {"upload_id": ids[1]},
            base64.b64encode(b"in base64").decode(),
            {"upload_id": ids[2].upper()},
        ],
        by_name={"a/b~c": {"upload_id": ids[3]}},
        either={"upload_id": ids[4]},
        note=plain,
    )

    contents = [world.download(each["url"]) for each in ended["result"]["files"]]
    assert contents == [b"0", b"1", b"in base64", b"2", b"3", b"4"]


def test_what_is_not_a_file_is_stored_as_it_was_sent(world: FileWorld) -> None:
    note = {"upload_id": world.upload()}
    seen: list[Any] = []

    def look(given: Letter, job: JobContext) -> Parcel:
        seen.append(given.note)
        return Parcel(files=[])

    world.handle = look
    world.run(file={"upload_id": note["upload_id"]}, note=note)

    assert seen == [note]


def test_each_wrong_upload_is_named_with_its_place(world: FileWorld) -> None:
    missing = {"upload_id": world.asked().json["upload_id"]}

    found = wrong(world.send(file=missing, others=[missing], by_name={"a/b~c": missing}, either=missing))

    assert set(found) == {"/input/file", "/input/others/0", "/input/by_name/a~1b~0c", "/input/either"}


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        [],
        {},
        "",
        "AAA",
        "AAAA\n",
        "data:image/png;base64,AAAA",
        "A" * (INLINE_LIMIT * 4 // 3 + 4),
        {"upload_id": 1},
        {"upload_id": "x"},
        {"upload_id": "../acme/x"},
        {"upload_id": "01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a", "size": 3},
        {"upload_id": "01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a", "etag": "e", "size": 3, "content_type": "a/b"},
    ],
)
def test_what_is_neither_an_upload_nor_base64_is_refused(world: FileWorld, value: Any) -> None:
    assert list(wrong(world.send(file=value))) == ["/input/file"]


def test_a_client_cannot_say_what_its_upload_is(world: FileWorld) -> None:
    """Neither alone nor beside an upload that is looked at."""
    upload_id = world.upload()
    record = {"upload_id": upload_id, "etag": "e", "size": 3, "content_type": "a/b"}

    assert list(wrong(world.send(file={"upload_id": upload_id}, others=[record]))) == ["/input/others/0"]


def test_a_job_type_limits_the_size_of_both_forms(world: FileWorld) -> None:
    large = b"x" * 101

    refused = [
        wrong(world.send(file={"upload_id": world.upload(large)})),
        wrong(world.send(file=base64.b64encode(large).decode())),
    ]

    assert refused == [{"/input/file": "has 101 bytes: at most 100 are allowed"}] * 2


def test_an_input_has_at_most_a_hundred_uploads(world: FileWorld) -> None:
    one = {"upload_id": world.upload()}

    assert world.send(file=one, others=[one] * 99).status == 202
    assert "100 are allowed" in wrong(world.send(file=one, others=[one] * 100))["/input"]


def test_a_schedule_takes_files_in_base64_only(world: FileWorld) -> None:
    def put(file: Any) -> Answer:
        body = {"rate": "1 hour", "type": "echo", "input": {"file": file}}
        return world.request("PUT", "/v1/schedules/hourly", body)

    assert "12 hours" in wrong(put({"upload_id": world.upload()}))["/input/file"]
    assert put(INLINE).status == 201


def test_uploads_need_the_scope_to_write(world: FileWorld) -> None:
    reader = world.key("acme", scopes=("jobs:read",))

    assert world.asked(key=reader).status == 403


def test_a_failed_job_is_retried_with_its_uploads_even_after_twelve_hours(world: FileWorld) -> None:
    handle, world.handle = world.handle, refuse
    upload_id = world.upload()
    body = {"type": "echo", "input": {"file": {"upload_id": upload_id}}}
    failed = world.request("POST", "/v1/jobs", body | {"retention_seconds": DAY // SECOND}).json
    world.work()
    world.clock.advance(UPLOAD_LIFE)
    world.handle = handle

    answer = world.request("POST", f"/v1/jobs/{failed['job_id']}/retry")
    world.advance(MINUTE)

    assert answer.status == 202, answer.text
    [file] = world.request("GET", answer.headers["Location"]).json["result"]["files"]
    assert world.download(file["url"]) == TEXT
