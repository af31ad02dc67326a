"""docs/cost.md and its plots match the model, the committed figures and the prices."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bench import figures, plots
from bench.pages import filled
from studies.cost import draw, extras, page, prices, sources, tables
from studies.cost.model import Model

if TYPE_CHECKING:
    from pathlib import Path

    from studies.cost.prices import Book

STALE = "run `make cost`"
PLOTS = plots.PLOTS


@pytest.fixture(scope="module")
def book() -> Book:
    return prices.load()


@pytest.fixture(scope="module")
def model(book: Book) -> Model:
    return Model(book, figures.load())


def by_dollars(model: Model) -> list[str]:
    """Return the backends' names, the cheapest first."""
    return sorted(model.backends, key=lambda name: model.million(model.backends[name].job(5)))


def test_the_page_shows_what_the_model_computes(model: Model) -> None:
    text = page.PAGE.read_text()

    assert text == filled(text, page.blocks(model)), STALE


def test_a_million_jobs_of_full_batches_cost_at_most_the_goal_of_7_dollars(model: Model) -> None:
    assert model.million(model.batched.job(5)) <= 7


def test_every_mark_of_the_page_is_filled(model: Model) -> None:
    marks = re.findall(r"<!-- ([a-z0-9-]+) -->", page.PAGE.read_text())

    assert sorted(marks) == sorted(page.blocks(model))


def test_the_plots_show_what_the_model_computes(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots, "PLOTS", tmp_path)

    draw.draw(model)

    drawn = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(drawn) == {"cost.svg", "cost-polls.svg"}
    assert all((PLOTS / name).read_text() == svg for name, svg in drawn.items()), STALE


def test_the_bars_and_the_lines_end_at_the_totals(model: Model) -> None:
    stacks, lines = draw.stacks(model), draw.lines(model)

    for name, backend in model.backends.items():
        whole = model.million(backend.job(5))
        assert sum(stack[name] for stack in stacks.values()) == pytest.approx(whole)
        assert lines[name][5] == pytest.approx(whole)


def test_the_order_of_the_backends_does_not_depend_on_lambdas_time(model: Model) -> None:
    orders = [by_dollars(model.with_lambda_time(factor)) for factor in tables.FACTORS]

    assert orders[0] == orders[1] == orders[2]


def test_there_is_a_colour_for_every_component(model: Model) -> None:
    assert len(draw.stacks(model)) <= len(plots.COLOURS)


def test_every_price_has_a_source_and_a_date_or_is_not_verified(book: Book) -> None:
    for name, price in book.prices.items():
        assert price.unverified or (price.source and price.url.startswith("https://") and price.dated), name


def test_a_price_without_a_source_is_marked_in_the_page(book: Book) -> None:
    doubted = replace(book.prices["qstash_message"], unverified=True)

    table = sources.prices(replace(book, prices={"qstash_message": doubted}))

    assert "**not verified**" in table
    assert "**not verified**" not in sources.prices(book)


def test_every_price_is_used(model: Model) -> None:
    used = [backend.job(1) for backend in model.backends.values()]
    used += [each.usage for each in model.waits()]
    used += [*model.standing().values(), model.answers(1), model.scheduler_timer()]

    assert {name for usage in used for name, amount in usage.items() if amount} == set(model.book.prices)


def test_the_extras_are_as_measured() -> None:
    assert extras.measure().series == figures.load()["cost.extras"].series, (
        "run `python -m bench cost.extras`"
    )
