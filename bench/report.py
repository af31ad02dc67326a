"""docs/benchmarks.md, made from the findings of every section."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from bench import pages

if TYPE_CHECKING:
    from types import ModuleType

    from bench.figures import Figure, Findings

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
# Each is a block of the page and a module with `measure() -> Findings`, and `draw(findings)` if it has a
# plot. A name with a dot is a module of a study.
SECTIONS = {
    "calls": "What a job asks of AWS",
    "units": "What a job costs in DynamoDB",
    "sweeps": "What a sweep asks of AWS",
    "sizes": "With ten, ten thousand and a million jobs in the table",
    "starts": "How fast a function starts",
    "tried": "What a start is made of",
    "memory": "Memory of a function",
    "timers": "How late a timer is",
    "peers": "Beside a tutorial's implementation",
    "cost.extras": "What a job asks for beyond a plain one",
}


def module_of(section: str) -> ModuleType:
    return importlib.import_module(f"{'studies' if '.' in section else 'bench'}.{section}")


def write(found: dict[str, Findings]) -> None:
    pages.fill(PAGE, blocks(found))


def blocks(found: dict[str, Findings]) -> dict[str, str]:
    """Return the page's blocks by the names of their marks."""
    shown = {name: found[name] for name in SECTIONS if name in found}
    return {name: _block(name, findings) for name, findings in shown.items()} | {"machine": machines(shown)}


def _block(name: str, findings: Findings) -> str:
    """Return a section's table. Comparisons have a table of their own."""
    table = getattr(module_of(name), "table", block)
    return str(table(findings))


def block(findings: Findings) -> str:
    rows = [(each.what, shown(each), most(each)) for each in findings.figures]
    return pages.table(["figure", "measured", "at most"], rows)


def machines(found: dict[str, Findings]) -> str:
    """Return a line per machine, with its sections if there are several machines."""
    on: dict[str, list[str]] = {}
    for name, findings in found.items():
        on.setdefault(findings.machine, []).append(SECTIONS[name])
    if len(on) == 1:
        return f"On {next(iter(on))}."
    return "\n".join(f"- {'; '.join(titles)}: on {machine}." for machine, titles in on.items())


def shown(figure: Figure) -> str:
    return f"{pages.number(figure.value)} {figure.unit}".strip()


def most(figure: Figure) -> str:
    return "" if figure.most is None else f"{pages.number(figure.most)} {figure.unit}".strip()


def as_text(findings: Findings) -> str:
    """Return the findings for a terminal."""
    return "\n".join(
        f"  {each.what:70} {shown(each):>16}{'' if each.most is None else f'  of at most {most(each)}'}"
        f"{'' if each.holds else '  TOO MUCH'}"
        for each in findings.figures
    )
