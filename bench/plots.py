"""Plots as SVG, in one style. The same data gives the same file."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

PLOTS = Path(__file__).parents[1] / "docs" / "plots"
# Okabe and Ito, "Color Universal Design": safe for colour-blind readers. The first is Claimcheck's.
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#999999"]
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "claimcheck",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "figure.constrained_layout.use": True,
}


@contextmanager
def plot(name: str, title: str, width: float = 7, height: float = 3.2) -> Iterator[Axes]:
    """Axes to draw on, written to docs/plots/<name>.svg afterwards. Sizes are in inches."""
    # Imported late: it takes a second to load.
    import matplotlib as mpl
    from cycler import cycler
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE | {"axes.prop_cycle": cycler(color=COLOURS)}):
        figure = Figure(figsize=(width, height))
        axes = figure.subplots()
        axes.set_title(title, loc="left")
        yield axes
        PLOTS.mkdir(exist_ok=True)
        figure.savefig(PLOTS / f"{name}.svg", metadata={"Date": None})
