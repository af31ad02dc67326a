"""DynamoDB's rules for consumed units, as the benchmarks compute them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.measuring.capacity import Index, Schema, item_size, read_units, write_units

SPARSE = Index(("shard", "due"), frozenset())
KEEPS_NOTE = Index(("shard",), frozenset({"note"}))
KEEPS_ALL = Index(("shard",), None)
KEY = {"pk": {"S": "a"}}


def row(**attributes: Any) -> dict[str, Any]:
    numbers = {name: {"N": str(value)} for name, value in attributes.items() if isinstance(value, int)}
    return (
        KEY | {name: {"S": value} for name, value in attributes.items() if isinstance(value, str)} | numbers
    )


def written(before: Any, after: Any, *indexes: Index, transactional: bool = False) -> float:
    return write_units(Schema(("pk",), indexes), before, after, transactional=transactional)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "grün"}, 5),
        ({"N": "0"}, 1),
        ({"N": "1"}, 2),
        ({"N": "-12.5"}, 3),
        ({"N": "1795358786319"}, 8),
        ({"N": "1700000000000"}, 2),
        ({"N": "1.5e10"}, 2),
        ({"B": b"abc"}, 3),
        ({"B": "YWJj"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 9),
        ({"M": {"name": {"S": "ab"}}}, 10),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"BS": [b"ab", "YWJj"]}, 5),
    ],
)
def test_a_values_size_is_what_the_guide_says(value: dict[str, Any], size: int) -> None:
    assert item_size({"a": value}) == 1 + size


@pytest.mark.parametrize(("size", "units"), [(1, 1), (4096, 1), (4097, 2), (8192, 2)])
def test_a_read_costs_by_started_four_kilobytes_and_half_without_consistency(size: int, units: float) -> None:
    item = {"a": {"S": "x" * (size - 1)}}

    assert read_units(item, consistent=True) == units
    assert read_units(item, consistent=False) == units / 2


def test_reading_what_is_not_there_costs_as_a_small_item() -> None:
    assert read_units(None, consistent=True) == 1


def test_a_write_costs_by_the_larger_of_old_and_new() -> None:
    small, large = row(), row(text="x" * 3000)

    assert written(small, small) == 1
    assert written(None, large) == written(large, small) == written(small, large) == written(large, None) == 3


def test_an_index_is_written_when_its_entry_comes_changes_or_goes() -> None:
    out, due, later = row(), row(shard=1, due=7), row(shard=1, due=8)

    assert written(None, out, SPARSE) == 1
    assert written(None, due, SPARSE) == 2
    assert written(due, due | row(text="other"), SPARSE) == 1
    assert written(due, later, SPARSE) == 3
    assert written(due, out, SPARSE) == 2


def test_a_projected_attribute_is_one_write_of_its_index() -> None:
    old, new = row(shard=1, note="a"), row(shard=1, note="b")

    assert written(old, new, SPARSE) == 1
    assert written(old, new, KEEPS_NOTE) == 2
    assert written(old, new, KEEPS_ALL) == 2


def test_a_transaction_doubles_the_table_and_not_its_indexes() -> None:
    assert written(None, row(shard=1, due=7), SPARSE, KEEPS_NOTE, transactional=True) == 4


def test_a_schema_is_read_from_a_tables_description() -> None:
    described = {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {"KeySchema": [{"AttributeName": "shard"}], "Projection": {"ProjectionType": "ALL"}},
            {
                "KeySchema": [{"AttributeName": "shard"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]},
            },
        ],
    }

    assert Schema.of(described) == Schema(("pk",), (KEEPS_ALL, KEEPS_NOTE))
