"""Start a function without looking for garbage: what it loads stays.

A function imports this module first, and calls `end` once it can answer.
"""

import gc

gc.disable()


def end() -> None:
    """Look for garbage from now on, but never in what the start has loaded (Python's docs, `gc.freeze`)."""
    gc.freeze()
    gc.enable()
