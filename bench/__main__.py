"""`python -m bench [section ...]`: measure, store the figures, write the page."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from bench import figures, machine, report

if TYPE_CHECKING:
    from bench.figures import Findings


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "section", nargs="*", choices=[*report.SECTIONS, []], default=list(report.SECTIONS), metavar="section"
    )
    for name in parser.parse_args(arguments).section:
        print(f"\n{report.SECTIONS[name]}", flush=True)
        measured = measure(name)
        print(report.as_text(measured), flush=True)
        # Read late, to keep sections that another run has measured meanwhile.
        found = figures.load() | {name: measured}
        figures.save(found)
        report.write(found)
    found = figures.load()
    return 0 if all(each.holds for findings in found.values() for each in findings.figures) else 1


def measure(section: str) -> Findings:
    """Measure a section, and draw its plot if it has one."""
    module = report.module_of(section)
    findings: Findings = replace(module.measure(), machine=machine.describe())
    if hasattr(module, "draw"):
        module.draw(findings)
    return findings


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
