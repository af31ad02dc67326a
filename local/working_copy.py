"""The working copy's own stack.

It runs in the background, described in `.local/stack.json`. Its data, its key and the description of what is
deployed stay in `.local/data` until `make reset` deletes them.
"""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from zlib import crc32

import httpx

from local import PROJECT, STATE, process, settings
from local.endpoint import http
from local.keys import create_key
from local.ministack import bare_environ
from local.rollout import roll_out
from local.stack import PARAMETERS, Stack, bring_up, stop, wait_for

CURRENT = STATE / "stack.json"
RUN = STATE / "run"
DATA = STATE / "data"
KEPT = DATA / "stack.json"
KEY = DATA / "key"
# Held while the stack is started, changed or stopped.
LOCK = STATE / "lock"
# MiniStack's is this working copy's own, because the data need the same each time. Systems take ports for
# outgoing connections from 32,768 on.
PREFERRED_PORTS = {"api": 8080, "console": 8090, "ministack": 20_000 + crc32(str(PROJECT).encode()) % 10_000}
SAVING = 20.0  # seconds to wait until MiniStack has saved its state; usually it takes half a second


def up() -> Stack:
    """Start the stack with the newest code, or give it to the stack that runs. Raises: StepFailed."""
    with process.alone(LOCK):
        found = current()
        if found and found.answers():
            return remember(renewed(found))
        clean_up(found)
        return remember(started(killed=found is not None))


def renew() -> None:
    """Give the stack the newest code, if it runs. Raises: StepFailed, and then it keeps its former code."""
    with process.alone(LOCK):
        if found := current():
            remember(renewed(found))


def renewed(found: Stack) -> Stack:
    parameters = found.parameters | settings.parameters(PROJECT)
    return replace(found, **vars(roll_out(PROJECT, parameters, found, RUN, found.endpoint)))


def started(*, killed: bool) -> Stack:
    RUN.mkdir(parents=True)
    DATA.mkdir(exist_ok=True)
    former = read(KEPT)
    if former and killed:
        # MiniStack may not have saved what was deployed last, so all of it is deployed again.
        former = replace(former, template="")
    ports = former.ports if former else PREFERRED_PORTS
    parameters = PARAMETERS | settings.parameters(PROJECT)
    stack = bring_up(PROJECT, RUN, parameters, leashed=False, data=DATA, former=former, ports=ports)
    return with_console(stack, ports.get("console", 0))


def with_console(stack: Stack, preferred: int) -> Stack:
    """Serve the console of this stack only."""
    port = process.free_port(preferred)
    command = [sys.executable, "-m", "console", "--port", str(port), stack.api_url]
    started = process.start(command, RUN / "console.log", bare_environ(RUN / "tmp"), leashed=False)
    groups, ports = stack.process_groups | {"console": started.pid}, stack.ports | {"console": port}
    try:
        wait_for("console", f"http://127.0.0.1:{port}/console", RUN / "console.log")
    except BaseException:
        stop(groups)
        raise
    return replace(stack, process_groups=groups, ports=ports)


def down() -> bool:
    """Stop the stack, and return whether there was one."""
    with process.alone(LOCK):
        found = current()
        clean_up(found)
    return found is not None


def clean_up(found: Stack | None) -> None:
    if found:
        groups = dict(found.process_groups)
        process.end(groups.pop("ministack"), "ministack", SAVING)
        stop(groups)
    CURRENT.unlink(missing_ok=True)
    process.discard(RUN)


def current() -> Stack | None:
    return read(CURRENT)


def read(place: Path) -> Stack | None:
    return Stack(**json.loads(place.read_text())) if place.exists() else None


def remember(stack: Stack) -> Stack:
    for place in (KEPT, CURRENT):
        # At once: `make dev` reads it at any time.
        new = place.with_suffix(".new")
        new.touch(0o600)  # it has the access key id of the root user
        new.write_text(json.dumps(asdict(stack), indent=2) + "\n")
        new.replace(place)
    return stack


def key(running: Stack) -> str:
    """Return the org acme's key on this stack, the same while its data stay."""
    if not KEY.exists() or not accepts(running, KEY.read_text()):
        KEY.write_text(create_key(running, "acme"))
        KEY.chmod(0o600)
    return KEY.read_text()


def accepts(running: Stack, key: str) -> bool:
    headers = {"Authorization": f"Bearer {key}"}
    found = http.get(f"{running.api_url}/v1/jobs?limit=1", headers=headers, timeout=30)
    return found.status_code != httpx.codes.UNAUTHORIZED
