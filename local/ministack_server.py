"""MiniStack, changed where the local stack needs more than it does.

- Functions run on PYTHON, an interpreter with only what Lambda's runtimes have. MiniStack takes its own,
  whose packages hide that a function lacks one.
- A function's workers share one copy of its code and layers. MiniStack unpacks one for each, in a second.
- Logs are waited for without work. MiniStack looks a thousand times a second.
- Timers are in time. On AWS, Lambda's pollers take a delayed message when its delay is over. MiniStack looks
  for it only when a message is sent or a batch is done, otherwise once a second.
- uvicorn reads requests with httptools. Hypercorn does that in Python, in as much time as all the rest takes.
- Strangers are refused (`guard`).
- A function answers up to AT_ONCE requests at a time. MiniStack starts a worker for each request of a burst,
  which takes longer than to wait for those that run.
- A function's update ends no running invocation, as on AWS. MiniStack kills its workers.
- If MiniStack's PERSIST_STATE is set, the state is saved while it changes. MiniStack saves it at its end.

usage: python -m local.ministack_server PYTHON
"""

import hashlib
import os
import queue
import sys
import tempfile
import threading
import time
import zipfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import hypercorn.asyncio
import uvicorn
from ministack import app
from ministack.core import lambda_runtime, persistence
from ministack.core.concurrency import esm_wake
from ministack.services import lambda_svc, sqs, sts

from local.guard import guarded

LOOK_EVERY = 0.05  # seconds
SAVE_EVERY = 10.0  # seconds
# Seconds that MiniStack waits for what an invocation has logged.
FIRST_LINE = 0.05
NEXT_LINE = 0.005
ALL_LINES = 0.25
AT_ONCE = 4

unpacking = threading.Lock()
changed = threading.Event()


class SharedZipFile(zipfile.ZipFile):
    """A zip file whose content is unpacked once. Each worker gets a link to it.

    Unlike on AWS, workers can write to it, and all that share it would see that.
    """

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        contents = repr([(entry.filename, entry.CRC, entry.file_size) for entry in self.infolist()])
        kept = Path(tempfile.gettempdir(), "unpacked", hashlib.sha256(contents.encode()).hexdigest())
        with unpacking:
            if not kept.exists():
                partial = kept.with_suffix(".partial")
                super().extractall(partial, super().namelist())
                partial.rename(kept)
        Path(path).rmdir()
        Path(path).symlink_to(kept)

    def namelist(self) -> list[str]:
        """Return no names. MiniStack looks for those that lead out of the folder, again for each worker.
        `extractall` follows none of them."""
        return []


def read_logs(worker: Any) -> str:
    """Return what a worker has logged. MiniStack does the same, but looks every millisecond."""
    lines: list[str] = []
    with suppress(queue.Empty):
        lines.append(worker._stderr_queue.get(timeout=FIRST_LINE))
        end = time.monotonic() + ALL_LINES
        while time.monotonic() < end:
            lines.append(worker._stderr_queue.get(timeout=NEXT_LINE))
    return "\n".join(lines)


def let_invocations_end(kill: Callable[[Sequence[Any]], None]) -> Callable[[Sequence[Any]], None]:
    """Return `kill` for workers that waits, in the background, for those at work."""

    def wait_and_kill(busy: list[Any]) -> None:
        while any(worker.in_use for worker in busy):
            time.sleep(LOOK_EVERY)
        kill(busy)

    def kill_later(workers: Sequence[Any]) -> None:
        busy = [worker for worker in workers if worker.in_use]
        kill([worker for worker in workers if not worker.in_use])
        threading.Thread(target=wait_and_kill, args=(busy,), daemon=True).start()

    return kill_later


def in_turn(execute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return `execute` for up to AT_ONCE invocations of a function at a time. Event sources have limits of
    their own, and do not use it."""
    turns: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(AT_ONCE))

    def execute_in_turn(function: Any, event: Any) -> Any:
        with turns[function["config"]["FunctionArn"]]:
            return execute(function, event)

    return execute_in_turn


def keep_looking() -> NoReturn:
    """Wake the poller when the delay of a message has ended: a pass for nothing takes a millisecond."""
    looked = time.time()
    while True:
        time.sleep(LOOK_EVERY)
        now = time.time()
        if any(looked < message.get("visible_at", now) <= now for message in queued()):
            esm_wake.set()
        looked = now


def queued() -> Iterator[Any]:
    for each in list(sqs._queues._data.values()):
        yield from list(each["messages"])


def note_requests(serve: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return the ASGI app `serve` that also notes that its state can have changed."""

    async def noted(scope: Any, receive: Any, send: Any) -> None:
        await serve(scope, receive, send)
        changed.set()

    return noted


def keep_saving() -> NoReturn:
    saved: Any = None
    while True:
        time.sleep(SAVE_EVERY)
        changed.wait()
        changed.clear()
        services = app._build_persistence_save_dict()
        functions = [each["config"] for each in lambda_svc._functions._data.values()]
        code = [(each["CodeSha256"], str(each.get("Layers"))) for each in functions]
        if code == saved:
            # Ten megabytes of code.
            del services["lambda"]
        persistence.save_all(services)
        saved = code


async def serve(served: Any, config: Any) -> None:
    """Serve an ASGI app with MiniStack's settings, as `hypercorn.asyncio.serve` does.

    There are no WebSockets, and httptools refuses methods that nobody has registered.
    """
    host, _, port = config.bind[0].rpartition(":")
    settings = uvicorn.Config(
        served,
        host,
        int(port),
        http="httptools",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        # Callers could name any address as theirs.
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=config.keep_alive_timeout,
        timeout_graceful_shutdown=int(config.graceful_timeout),
    )
    await uvicorn.Server(settings).serve()


if __name__ == "__main__":
    python = sys.argv.pop()
    lambda_runtime._detect_runtime_binary = lambda _: (python, lambda_runtime._PYTHON_WORKER_SCRIPT)
    lambda_runtime.zipfile = SimpleNamespace(**vars(zipfile) | {"ZipFile": SharedZipFile})
    lambda_runtime.Worker._drain_stderr_bounded = read_logs
    lambda_runtime.kill_workers = let_invocations_end(lambda_runtime.kill_workers)
    lambda_svc._execute_function_with_config_scope = in_turn(lambda_svc._execute_function_with_config_scope)
    threading.Thread(target=keep_looking, daemon=True).start()
    if persistence.PERSIST_STATE:
        app.app = note_requests(app.app)
        threading.Thread(target=keep_saving, daemon=True).start()
    app.app = guarded(app.app, os.environ["AWS_ACCESS_KEY_ID"], sts._sessions)
    # `main` imports it from there.
    hypercorn.asyncio.serve = serve  # type: ignore[assignment]
    app.main()
