"""`python -m studies.proof [explored | soaked]`: store what was found last, and write docs/proof.md."""

from __future__ import annotations

import sys

from bench import pages
from studies.proof import page, results

KEPT = {"explored": results.explored, "soaked": results.soaked}


def main(ways: list[str]) -> None:
    found = results.load()
    for way in ways:
        found[way] = KEPT[way](found.get(way, {}))
    results.save(found)
    pages.fill(page.PAGE, page.blocks(found))


if __name__ == "__main__":
    main(sys.argv[1:])
