"""The main use, shown: real jobs go from 202 to their results over HTTP.

Every step checks what it shows, so that the demo fails when something is not as it says.
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from local import contracts, stack
from local.conversation import Conversation, Unexpected, expect
from local.display import rfc3339
from local.keys import create_key
from local.picture import landscape

PICTURES = stack.STATE / "demo"
FORESIGHT = timedelta(seconds=3)
LATE = 2.0
"""Seconds by which a timer may be late on a busy machine before the demo calls it a failure."""


def main() -> int:
    print("Bringing up the whole deployment on this machine:")
    with stack.running() as deployed:
        print("\nHere it is:", deployed.api_url)
        try:
            tell(deployed)
        except Unexpected as surprise:
            print(f"\nNot as it should be: {surprise}.")
            return 1
    print("\nAll of it was as it should be, and nothing is left running.")
    return 0


def tell(deployed: stack.Stack) -> None:
    with Conversation(deployed.api_url, Authorization=f"Bearer {create_key(deployed, 'demo')}") as told:
        for step in STEPS:
            step(told)
    contracts.tell(deployed)


def statistics(told: Conversation) -> None:
    told.title("1. A document goes in, a claim check comes out")
    text = (stack.PROJECT / "LICENSE").read_text()
    job = {"type": "text_statistics", "input": {"text": text, "keywords": 3}}
    accepted = told.request("POST", "/v1/jobs", job, status=202)
    expect("a new job's status", accepted.json()["status"], "pending")
    ended = told.follow(accepted)
    expect("the job's end", ended["status"], "completed")
    expect("the characters counted", ended["result"]["characters"], len(text))
    told.request("GET", f"{accepted.headers['Location']}/result", status=200)


def thumbnails(told: Conversation) -> None:
    told.title("2. A picture, and a result too large to be shown with the job")
    image = base64.b64encode(landscape()).decode()
    job = {"type": "image_thumbnails", "input": {"image": image, "sizes": [128, 512, 1024]}}
    ended = told.follow(told.request("POST", "/v1/jobs", job, status=202))
    expect("the job's end", ended["status"], "completed")
    answer = told.request("GET", ended["result_url"], status=303)
    told.say("The address is signed for this moment and leads to the bucket, not through a function:")
    result = httpx.get(answer.headers["Location"], trust_env=False).raise_for_status().json()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for thumbnail in result["thumbnails"]:
        path = PICTURES / f"{thumbnail['size']}.png"
        path.write_bytes(base64.b64decode(thumbnail["data"]))
        size = f"{thumbnail['width']} x {thumbnail['height']}"
        told.say(f"{path.relative_to(stack.PROJECT)}  {size:>10}  {path.stat().st_size:>9,} bytes")


def replay(told: Conversation) -> None:
    told.title("3. A client that is not sure asks again")
    job = {"type": "text_statistics", "input": {"text": "Once is enough."}}
    first = told.request("POST", "/v1/jobs", job, status=202, Idempotency_Key="order-1138")
    told.say("The answer got lost, say. The same request again starts nothing:")
    again = told.request("POST", "/v1/jobs", job, status=202, Idempotency_Key="order-1138")
    expect("Idempotent-Replayed", again.headers.get("Idempotent-Replayed"), "true")
    expect("the repeated answer", again.json(), first.json())


def timer(told: Conversation) -> None:
    told.title("4. A job for later")
    run_at = datetime.now(UTC) + FORESIGHT
    job = {"type": "text_statistics", "input": {"text": "Not before its time."}, "run_at": rfc3339(run_at)}
    accepted = told.request("POST", "/v1/jobs", job, status=202)
    expect("the job's end", told.follow(accepted)["status"], "completed")
    [execution] = told.fetch(f"{accepted.headers['Location']}/executions").json()["executions"]
    started = datetime.fromisoformat(execution["started_at"])
    late = (started - datetime.fromisoformat(rfc3339(run_at))).total_seconds()
    told.say(f"It started {late * 1000:.0f} ms after its time.")
    expect("starting on time", 0 <= late < LATE, True)


def cancel(told: Conversation) -> None:
    told.title("5. A change of mind")
    tomorrow = rfc3339(datetime.now(UTC) + timedelta(days=1))
    job = {"type": "text_statistics", "input": {"text": "Never mind."}, "run_at": tomorrow}
    accepted = told.request("POST", "/v1/jobs", job, status=202)
    answer = told.request("POST", f"{accepted.headers['Location']}/cancel", status=202)
    expect("the job's error", answer.json()["error"]["code"], "cancelled")


def mistakes(told: Conversation) -> None:
    told.title("6. Several mistakes, named all at once")
    given = {"text": "", "keywords": 1000, "colour": "red"}
    job = {"type": "text_statistics", "input": given, "run_at": "tomorrow"}
    answer = told.request("POST", "/v1/jobs", job, status=422)
    named = {error["pointer"] for error in answer.json()["errors"]}
    expect("the fields named", named, {"/input/text", "/input/keywords", "/input/colour", "/run_at"})


def listing(told: Conversation) -> None:
    told.title("7. What became of them all")
    page = told.fetch("/v1/jobs?limit=10").json()
    for job in page["jobs"]:
        error = job.get("error", {}).get("code", "")
        told.say(f"{job['created_at']}  {job['type']:16}  {job['status']:9}  {error}".rstrip())
    expect("the number of jobs", len(page["jobs"]), 5)


STEPS: list[Callable[[Conversation], None]] = [
    statistics,
    thumbnails,
    replay,
    timer,
    cancel,
    mistakes,
    listing,
]
