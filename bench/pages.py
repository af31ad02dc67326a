"""Write the blocks of pages that are between `<!-- name -->` and `<!-- /name -->`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def fill(page: Path, blocks: dict[str, str]) -> None:
    """Write each block between its marks. Raises: ValueError if the page lacks them."""
    page.write_text(filled(page.read_text(), blocks))


def filled(text: str, blocks: dict[str, str]) -> str:
    for name, block in blocks.items():
        marks = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
        text, found = marks.subn(lambda _, block=block: block.strip() + "\n", text)  # type: ignore[misc]
        if found != 1:
            raise ValueError(f"{found} places for {name}")
    return text


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float) -> str:
    """Format with three significant digits, or as a whole number: 12, 1.06, 0.283, 1,234,567."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
