"""MiniStack with a faster poller, for timers, and without an ear for web pages.

On AWS, Lambda's pollers take a delayed message when its delay is over. MiniStack looks for it only when a
message is sent or a batch is done, otherwise once a second, so timers would be late. A pass over idle queues
takes well under a millisecond.

usage: python -m local.ministack_poller
"""

import threading
import time
from typing import NoReturn

from ministack import app as ministack
from ministack.core.concurrency import esm_wake

from local.guard import guarded

EVERY = 0.05  # seconds, like MiniStack's own pause between two idle passes


def keep_looking() -> NoReturn:
    while True:
        time.sleep(EVERY)
        esm_wake.set()


if __name__ == "__main__":
    threading.Thread(target=keep_looking, daemon=True).start()
    ministack.app = guarded(ministack.app)
    ministack.main()
