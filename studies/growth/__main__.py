"""`python -m studies.growth`: run every scenario, store the results, write the page and its plots.

With `--page`, write only the page and its plots, from the stored results.
"""

from __future__ import annotations

import argparse
import sys

from bench import pages
from studies.growth import drawing, page, results, scenarios


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="studies.growth", description=__doc__)
    parser.add_argument("--page", action="store_true", help="write only the page, from the stored results")
    if not parser.parse_args(arguments).page:
        found = {}
        for scenario, day in scenarios.run_all():
            found[scenario.name] = day
            print(f"{scenario.title}: {page.in_short(scenario, day)}", flush=True)
        results.save(results.document(found))
    pages.fill(page.PAGE, page.blocks(results.load()))
    drawing.draw(results.load())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
