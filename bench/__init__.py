"""Benchmarks, which write docs/benchmarks.md. Nothing here is deployed.

Each section measures figures, which are stored in figures.json. The page is made from that file, so sections
can be measured alone:

    python -m bench                 # every section, then the page and its plots
    python -m bench starts sweeps   # these sections; the page shows the others' stored figures
"""

import sys
from pathlib import Path

# As in pytest's path.
sys.path.insert(0, str(Path(__file__).parents[1] / "layers/engine"))
