"""Customers' expressions over third parties' answers: correct, harmless and bounded in time."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from itertools import product
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.requests.expressions import parsed
from apps.requests.polling.evaluation import TooCostly, Unanswerable, document_of, evaluated, is_true
from claimcheck.authoring import Fail
from claimcheck.outbound import Answer

DOCUMENT = {
    "status": 200,
    "headers": {"content-type": "application/json"},
    "body": {"items": [{"n": 1, "s": "a"}, {"n": 0, "s": "b"}], "done": True, "nothing": None, "zero": 0},
}
EXPRESSIONS = [
    "status == `200`",
    'headers."content-type"',
    "body.items[?n > `0`].s",
    "body.items[*].[n, s]",
    "body.items[*].{number: n}",
    "body.*.n",
    "sort_by(body.items, &n)[0].s",
    "max_by(body.items, &n).s",
    "map(&n, body.items)",
    "join(',', body.items[].s)",
    "to_string(body.items)",
    "body.items[].n | sum(@)",
    "merge(body.items[0], body.items[1])",
    "body.items[::-1]",
    "not_null(body.nothing, body.done)",
    "length(keys(body))",
    "!body.nothing && body.done",
    "body.nothing || 'else'",
    "contains(body.items[].s, 'a')",
    "reverse(body.items[].n)",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_harmless_expression_finds_what_jmespath_finds(expression: str) -> None:
    assert evaluated(expression, DOCUMENT) == jmespath.search(expression, DOCUMENT)


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        *product([None, False, "", [], {}], [False]),
        *product([True, 0, "no", [None], {"a": None}], [True]),
    ],
)
def test_truth_is_that_of_jmespath(value: Any, truth: bool) -> None:
    assert is_true(value) is truth
    assert bool(jmespath.search("a && `1`", {"a": value}) == 1) is truth


HUGE = {"body": {"long": "x" * 1_000_000, "many": list(range(200_000)), "texts": ["y"] * 200_000}}
ATTACKS = [
    "body" + " | [@, @]" * 45,
    "body" + " | [@, @][]" * 20,
    "body.many" + " | [@, @][]" * 12,
    "body" + " | {a: @, b: @}" * 40,
    "[body" + " | [@, @]" * 30 + ", body" + " | [@, @]" * 30 + "] | [0] == [1]",
    "join(body.long, body.texts)",
    "body" + " | [@, @]" * 15 + " | to_string(@) | [@, @, @, @] | to_string(@)",
    "body.many[*].[@, @, @, @, @, @, @, @, @, @, @, @, @, @, @, @, @, @, @, @, @]",
    "map(&length(to_string(@)), body.many) | map(&to_string(@), @) | map(&length(@), @)",
    "body.many | " + "[] | " * 40 + "@",
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack[:30])
def test_an_expression_that_multiplies_what_it_has_is_stopped_soon(attack: str) -> None:
    before = time.process_time()
    with pytest.raises(TooCostly):
        evaluated(attack, HUGE)

    # Seconds. Without limits they would take years, or all memory.
    assert time.process_time() - before < 20


def test_a_large_answer_can_be_gone_through() -> None:
    items = [{"id": number, "status": "done", "name": f"item {number}"} for number in range(15_000)]
    document = {"body": {"items": items}}
    assert 600_000 < len(json.dumps(document)) < 1024 * 1024

    assert evaluated("length(body.items[?status == 'done'])", document) == 15_000
    assert evaluated("body.items[*].id | max(@)", document) == 14_999


@pytest.mark.parametrize(
    "expression",
    [
        "length(body.zero)",
        "sum(body.items)",
        "avg(body.items[].s)",
        "sort(body.items)",
        "max_by(body.items, &nothing)",
        "body.items[0].s < body.items[0].n",
        "&body",
        "[&body]",
        "to_number('1e999')",
    ],
)
def test_type_errors_are_reported_without_quoting_the_answer(expression: str) -> None:
    with pytest.raises(Unanswerable) as unanswerable:
        evaluated(expression, DOCUMENT | {"body": DOCUMENT["body"]})

    assert "item" not in str(unanswerable.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)
PIECES = st.sampled_from(
    [
        *"@.*[]{}()|&!=<>,:'\"` ",
        "a",
        "b",
        "[]",
        "[*]",
        "&&",
        "||",
        "==",
        "length(",
        "map(&",
        "sort_by(",
        "`1`",
    ]
)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@given(expression=st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=30), document=JSON)
def test_any_expression_is_evaluated_or_refused(expression: str, document: Any) -> None:
    try:
        parsed(expression)
    except ValueError:
        return
    try:
        found = evaluated(expression, document)
    except Unanswerable:
        return
    assert json.loads(json.dumps(found)) == found


@given(
    body=st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | JSON.map(json.dumps).map(str.encode),
    kind=st.sampled_from(["", "application/json", "application/x-ndjson"]) | st.text(max_size=30),
    charset=st.sampled_from(["", "utf-8", "utf-16", "latin-1", "idna", "undefined"]) | st.text(max_size=10),
)
def test_any_answer_can_be_read_and_written_or_fails(body: bytes, kind: str, charset: str) -> None:
    with suppress(Fail):
        read = document_of(Answer(200, {"content-type": f"{kind}; charset={charset}"}, body))
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode()
