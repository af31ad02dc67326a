"""Errors of fields are in plain words, never in pydantic's."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta  # noqa: TC003 - pydantic looks them up
from decimal import Decimal  # noqa: TC003
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID  # noqa: TC003

import pytest
from pydantic import AnyHttpUrl, AwareDatetime, Field, Json, PastDate, field_validator
from pydantic_core import PydanticCustomError, _pydantic_core

from claimcheck.authoring.catalog import JobModel
from claimcheck.authoring.messages import ANYTHING_ELSE, MESSAGES, message_of
from tests.kit.world import World, job_type

PYDANTICS = re.compile(
    "input|should|valid |unable|dictionary|instance|python|pydantic|error|extra|{", re.IGNORECASE
)
# No JSON document causes these. They concern Python objects, calls and programming errors.
NOT_FROM_JSON = {
    *("no_such_attribute", "get_attribute_error", "needs_python_object", "frozen_field", "frozen_instance"),
    *("dataclass_exact_type", "is_instance_of", "is_subclass_of", "callable_type", "set_item_not_hashable"),
    *("arguments_type", "missing_argument", "unexpected_keyword_argument", "missing_keyword_only_argument"),
    *("unexpected_positional_argument", "missing_positional_only_argument", "multiple_argument_values"),
    *("recursion_loop", "recursion_depth_exceeded", "iteration_error", "default_factory_not_called"),
    *("missing_sentinel_error", "ellipsis_error"),
}
RAISED = {"value_error", "assertion_error"}


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Cat(JobModel):
    kind: Literal["cat"]


class Dog(JobModel):
    kind: Literal["dog"]


class Given(JobModel):
    text: Annotated[str, Field(min_length=1, max_length=3)] = "a"
    code: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    flag: bool = True
    count: Annotated[int, Field(ge=1, le=9, multiple_of=2)] = 2
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    price: Annotated[Decimal, Field(max_digits=4, decimal_places=2)] | None = None
    mode: Literal["fast", "slow"] = "fast"
    colour: Colour = Colour.RED
    items: Annotated[list[int], Field(min_length=1, max_length=2)] | None = None
    pair: tuple[int, int] | None = None
    names: Annotated[dict[str, int], Field(max_length=1)] | None = None
    inner: Cat | None = None
    animal: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    day: date | None = None
    when: date | AwareDatetime | None = None
    born: PastDate | None = None
    at: datetime | None = None
    aware: AwareDatetime | None = None
    wait: timedelta | None = None
    link: AnyHttpUrl | None = None
    id: UUID | None = None
    json_text: Json[Any] | None = None
    even: int = 2
    odd: int = 1

    @field_validator("even")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("must be even")
        return value

    @field_validator("odd")
    @classmethod
    def _odd(cls, value: int) -> int:
        if value % 2 == 0:
            raise PydanticCustomError("not_odd", "must be odd, not {value}", {"value": value})
        return value


@pytest.fixture(scope="module")
def world() -> World:
    return World(job_types=[job_type(input=Given)])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"colour": 1, "unknown": 1}, "is not a known field"),
        ({"text": 1}, "must be a string"),
        ({"text": None}, "must be a string"),
        ({"text": ""}, "must be at least 1 character long"),
        ({"text": "long"}, "must be at most 3 characters long"),
        ({"code": "A"}, "must match the regular expression ^[a-z]+$"),
        ({"flag": "yes"}, "must be true or false"),
        ({"count": "2"}, "must be an integer"),
        ({"count": 2.5}, "must be an integer"),
        ({"count": 0}, "must be at least 1"),
        ({"count": 10}, "must be at most 9"),
        ({"count": 3}, "must be a multiple of 2"),
        ({"share": "0.5"}, "must be a number"),
        ({"share": 0}, "must be greater than 0.0"),
        ({"share": 1}, "must be less than 1.0"),
        ({"price": []}, "must be a number"),
        ({"price": "12345"}, "must have at most 4 digits"),
        ({"price": "1.234"}, "must have at most 2 digits after the decimal point"),
        ({"mode": "medium"}, "must be 'fast' or 'slow'"),
        ({"colour": "green"}, "must be 'red' or 'blue'"),
        ({"items": {}}, "must be an array"),
        ({"items": []}, "must have at least 1 item"),
        ({"items": [1, 2, 3]}, "must have at most 2 items"),
        ({"names": []}, "must be an object"),
        ({"names": {"a": 1, "b": 2}}, "must have at most 1 item"),
        ({"inner": []}, "must be an object"),
        ({"inner": {}}, "is required"),
        ({"animal": {}}, "must have the field 'kind'"),
        ({"animal": {"kind": "cow"}}, "must have one of 'cat', 'dog' in its field 'kind'"),
        ({"day": "today"}, "must be a date, such as 2026-06-12"),
        ({"born": "9999-01-01"}, "must be in the past"),
        (
            {"when": "soon"},
            "must be a date, such as 2026-06-12, or must be an RFC 3339 time, such as 2026-06-12T10:00:15Z",
        ),
        ({"at": "now"}, "must be an RFC 3339 time, such as 2026-06-12T10:00:15Z"),
        ({"aware": "2026-06-12T10:00:15"}, "must have an offset from UTC, such as 2026-06-12T10:00:15Z"),
        ({"wait": "soon"}, "must be an ISO 8601 duration, such as PT15M"),
        ({"link": "nowhere"}, "must be a URL, such as https://example.com/"),
        ({"link": "ftp://a.example"}, "must be a URL with the scheme 'http' or 'https'"),
        ({"id": "7"}, "must be a UUID, such as 01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a"),
        ({"json_text": "{"}, "must be a string of JSON"),
        ({"even": 1}, "must be even"),
        ({"odd": 2}, "must be odd, not 2"),
    ],
)
def test_a_wrong_value_is_refused_in_plain_words(world: World, given: dict[str, Any], message: str) -> None:
    answer = world.request("POST", "/v1/jobs", {"type": "echo", "input": given})

    assert answer.status == 422
    assert message in [each["message"] for each in answer.json["errors"]]
    assert [each["message"] for each in answer.json["errors"] if PYDANTICS.search(each["message"])] == []


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"when": "soon"}, "/input/when"),
        ({"when": []}, "/input/when"),
        ({"when": {}}, "/input/when"),
        ({"pair": [1]}, "/input/pair/1"),
        ({"animal": {"kind": "cat", "tail": 1}}, "/input/animal/tail"),
        ({"items": [1, "2"]}, "/input/items/1"),
        ({"inner": {}}, "/input/inner/kind"),
        ({"names": {"when": None}}, "/input/names/when"),
    ],
)
def test_a_pointer_leads_to_a_place_in_the_body(world: World, given: dict[str, Any], pointer: str) -> None:
    answer = world.request("POST", "/v1/jobs", {"type": "echo", "input": given})

    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize("known", _pydantic_core.list_all_errors(), ids=lambda known: known["type"])
def test_no_error_of_pydantics_is_shown_in_its_words(known: Any) -> None:
    kind, context = known["type"], known["example_context"] or {}

    shown = message_of({"type": kind, "msg": "pydantic's", "loc": (), "input": None, "ctx": context})

    assert (kind in MESSAGES or kind in RAISED) != (kind in NOT_FROM_JSON)
    assert (shown == ANYTHING_ELSE) == (kind in NOT_FROM_JSON)
    assert not PYDANTICS.search(shown)


def test_every_message_is_for_an_error_that_pydantic_has() -> None:
    assert set(MESSAGES) <= {known["type"] for known in _pydantic_core.list_all_errors()}
