"""Bodies that are not the JSON of a submission are refused with the reason."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from typing import Any

import pytest

from claimcheck.http.contract import BODY_LIMIT
from tests.kit.described import WatchedWorld
from tests.kit.world import Answer, World, event

DIGITS = sys.get_int_max_str_digits()


def submit(body: bytes, **headers: str) -> Answer:
    return WatchedWorld().request("POST", "/v1/jobs", body, **headers)


def within_input(text: str) -> bytes:
    return b'{"type":"echo","input":{"text":"hello","times":%s}}' % text.encode()


def sized(size: int) -> bytes:
    empty = json.dumps({"type": "echo", "input": {"text": ""}}).encode()
    return empty.replace(b'""', b'"%s"' % (b"x" * (size - len(empty))))


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "Expecting value at line 1, column 1"),
        (b"{", "line 1, column 2"),
        (b'{"type":\n}', "line 2, column 1"),
        (b"{'type':'echo'}", "line 1, column 2"),
        (b"{} {}", "Extra data"),
        (b"\x00", "line 1, column 1"),
        (b'{"type":"a\tb"}', "control character"),
        (b'{"type":"\\x"}', "escape"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        ("{}".encode("utf-16"), "not UTF-8 at byte 0"),
        (b'{"type":"\xff"}', "not UTF-8 at byte 9"),
        (b'{"type":"\xed\xa0\x80"}', "not UTF-8 at byte 9"),
        (b'{"type":"\\ud800"}', "lone surrogate"),
        (b'{"\\udfff":1}', "lone surrogate"),
        (b'{"type":"echo","type":"echo"}', '"type" occurs twice'),
        (within_input('{"a":1,"a":2}'), '"a" occurs twice'),
        (within_input("NaN"), "The body has NaN, which is not JSON"),
        (within_input("Infinity"), "The body has Infinity, which is not JSON"),
        (within_input("-Infinity"), "The body has -Infinity, which is not JSON"),
        (within_input("1e999"), "The number 1e999 is too large"),
        (within_input("-1e999"), "The number -1e999 is too large"),
        (within_input("9" * (DIGITS + 1)), f"an integer of more than {DIGITS} digits"),
        (within_input("01"), "line 1"),
        (within_input("[" * 40 + "]" * 40), "more than 32 levels"),
        (b"[" * 100_000, "more than 32 levels"),
        (b'{"a":' * 100_000, "more than 32 levels"),
    ],
)
def test_the_error_for_invalid_json_says_what_and_where(body: bytes, detail: str) -> None:
    answer = submit(body)

    assert (answer.status, answer.json["code"]) == (400, "malformed_json")
    assert detail in answer.json["detail"]


def test_nesting_is_bounded_at_32_levels() -> None:
    # The body and its input add two levels.
    within, beyond = (submit(within_input("[" * depth + "]" * depth)) for depth in (30, 31))

    assert (within.status, within.json["errors"][0]["pointer"]) == (422, "/input/times")
    assert (beyond.status, beyond.json["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("number", ["9" * DIGITS, "-0", "1E+2", "1.5"])
def test_any_json_number_within_bounds_is_left_to_the_job_type(number: str) -> None:
    assert submit(within_input(number)).status in (202, 422)


@pytest.mark.parametrize("body", [[], None, "x", 1, True, [{"type": "echo"}]])
def test_a_body_must_be_an_object(body: Any) -> None:
    answer = submit(json.dumps(body).encode())

    assert (answer.status, answer.json["code"]) == (422, "invalid_fields")
    assert answer.json["errors"] == [{"pointer": "", "message": "must be an object"}]


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "text/json", "application/json+x", "application", "application/x-www-form-urlencoded"],
)
def test_another_content_type_is_refused(media_type: str) -> None:
    answer = submit(sized(100), content_type=media_type)

    assert (answer.status, answer.json["code"]) == (415, "unsupported_media_type")
    assert "Content-Type: application/json" in answer.json["detail"]


def test_a_missing_content_type_is_refused() -> None:
    world = World()
    sent = event("POST", "/v1/jobs", sized(100), {"authorization": f"Bearer {world.acme}"})

    assert world.api.handle(sent)["statusCode"] == 415


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "Application/JSON", " application/json ;x=y"]
)
def test_json_by_another_spelling_is_json(media_type: str) -> None:
    assert submit(sized(100), content_type=media_type).status == 202


def test_a_body_of_exactly_1_mib_is_accepted_and_one_byte_more_is_not() -> None:
    within, beyond = submit(sized(BODY_LIMIT)), submit(sized(BODY_LIMIT + 1))

    assert BODY_LIMIT == 1_048_576
    assert within.status == 202
    assert (beyond.status, beyond.json["code"]) == (413, "body_too_large")
    assert "1 MiB (1,048,576 bytes)" in beyond.json["detail"]


def test_the_limit_counts_bytes_and_not_characters() -> None:
    body = json.dumps({"type": "echo", "input": {"text": "ä" * 600_000}}, ensure_ascii=False).encode()

    assert submit(body).status == 413


def test_a_large_input_reaches_its_handler_whole() -> None:
    world = World()
    answer = world.request("POST", "/v1/jobs", sized(BODY_LIMIT))
    world.work()
    job = world.job(answer.json["job_id"])

    assert job.result is not None
    assert job.result.size > BODY_LIMIT - 100


def test_a_body_that_api_gateway_encoded_is_decoded() -> None:
    world = World()
    headers = {"authorization": f"Bearer {world.acme}", "content-type": "application/json"}
    sent = event("POST", "/v1/jobs", headers=headers)
    sent |= {"body": b64encode(sized(100)).decode(), "isBase64Encoded": True}

    assert world.api.handle(sent)["statusCode"] == 202


@pytest.mark.parametrize(
    "body",
    [
        b"{%s}" % b",".join(b'"a%d":1' % number for number in range(80_000)),
        b'{"type":"echo","input":{%s}}' % b",".join(b'"a%d":1' % number for number in range(80_000)),
        b'{"type":"echo","input":{"text":"x"},"%s":1}' % (b"~" * 1_000_000),
        b'{"type":"echo","input":{"text":"x"},"metadata":{"%s":1}}' % (b"/" * 1_000_000),
    ],
    ids=["fields", "input fields", "long name", "long metadata name"],
)
def test_the_answer_to_a_huge_mistake_is_small(body: bytes) -> None:
    answer = submit(body)

    assert answer.status == 422
    assert 1 <= len(answer.json["errors"]) <= 100
    assert len(answer.text) < 20_000


def test_more_wrong_fields_than_are_shown_are_counted() -> None:
    names = {f"a{number}": 1 for number in range(150)}
    answer = submit(json.dumps({"type": "echo", "input": {"text": "x"}} | names).encode())

    assert len(answer.json["errors"]) == 100
    assert answer.json["detail"] == "150 fields are wrong, and the first 100 are named."


def test_a_duplicate_name_among_many_is_found_at_once() -> None:
    names = b",".join(b'"%d":1' % number for number in range(90_000))
    answer = submit(b'{%s,"89999":1}' % names)

    assert answer.status == 400
    assert '"89999" occurs twice' in answer.json["detail"]
