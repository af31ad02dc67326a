"""`python -m bench.cost`: compute, print, write docs/cost.md and its plots."""

from __future__ import annotations

import sys

from bench import figures, pages
from bench.cost import draw, page, prices, tables, tuning
from bench.cost.measured import Missing
from bench.cost.model import Model


def main() -> int:
    model = Model(prices.load(), figures.load())
    try:
        blocks = page.blocks(model)
    except Missing as error:
        print(error, file=sys.stderr)
        return 1
    pages.fill(page.PAGE, blocks)
    draw.draw(model)
    for part in (tuning.summary(model), tables.totals(model), tables.by_backend(model), tuning.knobs(model)):
        print(f"\n{part}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
