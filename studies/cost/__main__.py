"""`python -m studies.cost`: compute, print, write docs/cost.md and its plots."""

from __future__ import annotations

import sys

from bench import figures, pages
from studies.cost import draw, page, prices, tables, tuning
from studies.cost.measured import Missing
from studies.cost.model import Model


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
