"""What Claimcheck costs, how fast it starts and how it grows: measured, and written into docs/.

Nothing here ships, and nothing that ships imports it. A section measures; the figures that it found are
kept in figures.json, from which the pages are made, so that each can be measured alone:

    python -m bench                 # every section, then docs/benchmarks.md and its plots
    python -m bench starts sweeps   # these sections, and the page with the others as they were
"""

import sys
from pathlib import Path

# Where pytest finds them, too.
PROJECT = Path(__file__).parents[1]
sys.path[:0] = [str(PROJECT / each) for each in ("layers/engine",)]
