"""MiniStack with a faster poller, for timers.

On AWS, Lambda's pollers take a delayed message when its delay is over. MiniStack looks for it only when a
message is sent or a batch is done, otherwise once a second, so timers would be late. A pass over idle queues
takes well under a millisecond.

usage: python -m local.ministack_poller
"""

import runpy
import threading
import time
from typing import NoReturn

from ministack.core.concurrency import esm_wake

EVERY = 0.05  # seconds, like MiniStack's own pause between two idle passes


def keep_looking() -> NoReturn:
    while True:
        time.sleep(EVERY)
        esm_wake.set()


if __name__ == "__main__":
    threading.Thread(target=keep_looking, daemon=True).start()
    runpy.run_module("ministack", run_name="__main__")
