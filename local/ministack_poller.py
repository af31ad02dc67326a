"""MiniStack, which looks for delayed messages as often as a timer needs.

Lambda's pollers wait at an SQS queue, and take a delayed message when its delay is over. MiniStack looks
when a message is sent or a batch is done, and otherwise once a second: its timers would be late by that.
(Its pass over idle queues takes well under a millisecond.)

usage: python -m local.ministack_poller
"""

import runpy
import threading
import time
from typing import NoReturn

from ministack.core.concurrency import esm_wake

EVERY = 0.05
"""Seconds; MiniStack itself sleeps so long between two idle passes."""


def keep_looking() -> NoReturn:
    while True:
        time.sleep(EVERY)
        esm_wake.set()


if __name__ == "__main__":
    threading.Thread(target=keep_looking, daemon=True).start()
    runpy.run_module("ministack", run_name="__main__")
