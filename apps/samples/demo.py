"""The first part of the demo: the engine's features, with the two sample job types."""

import io
from datetime import UTC, datetime, timedelta

import httpx
from PIL import Image, ImageOps

from local import PROJECT, STATE
from local.conversation import Conversation, expect
from local.demo import Demo
from local.display import rfc3339

ORDER = 0
PICTURES = STATE / "demo"
FORESIGHT = timedelta(seconds=3)
# Seconds that a timer may be late on a busy machine.
LATE = 2.0


def run(demo: Demo) -> None:
    with demo.conversation("demo") as talk:
        for step in STEPS:
            step(demo, talk)


def statistics(demo: Demo, talk: Conversation) -> None:
    demo.chapter("A document goes in, a claim check comes out")
    text = (PROJECT / "LICENSE").read_text()
    job = {"type": "text_statistics", "input": {"text": text, "keywords": 3}}
    accepted = talk.request("POST", "/v1/jobs", job, status=202)
    expect("a new job's status", accepted.json()["status"], "pending")
    ended = talk.follow(accepted)
    expect("the job's end", ended["status"], "completed")
    expect("the characters counted", ended["result"]["characters"], len(text))
    talk.request("GET", f"{accepted.headers['Location']}/result", status=200)


def thumbnails(demo: Demo, talk: Conversation) -> None:
    demo.chapter("A picture goes up, and thumbnails come down")
    image = picture()
    asked = {"content_type": "image/jpeg", "size": len(image)}
    upload = talk.request("POST", "/v1/uploads", asked, status=201).json()
    talk.say("The URL is signed for this file alone and leads to the bucket, not through a function.")
    sent = httpx.put(upload["url"], content=image, headers=upload["headers"], trust_env=False)
    expect("the bucket's answer", sent.status_code, 200)
    given = {"image": {"upload_id": upload["upload_id"]}, "sizes": [128, 512, 1024]}
    job = {"type": "image_thumbnails", "input": given}
    ended = talk.follow(talk.request("POST", "/v1/jobs", job, status=202))
    expect("the job's end", ended["status"], "completed")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for thumbnail in ended["result"]["thumbnails"]:
        answer = talk.fetch(thumbnail["file"]["url"])
        path = PICTURES / thumbnail["file"]["name"]
        path.write_bytes(httpx.get(answer.headers["Location"], trust_env=False).raise_for_status().content)
        size = f"{thumbnail['width']} x {thumbnail['height']}"
        talk.say(f"{path.relative_to(PROJECT)}  {size:>10}  {path.stat().st_size:>9,} bytes")


def replay(demo: Demo, talk: Conversation) -> None:
    demo.chapter("A client that is not sure asks again")
    job = {"type": "text_statistics", "input": {"text": "Once is enough."}}
    first = talk.request("POST", "/v1/jobs", job, status=202, Idempotency_Key="order-1138")
    talk.say("The answer got lost, say. The same request again starts nothing:")
    again = talk.request("POST", "/v1/jobs", job, status=202, Idempotency_Key="order-1138")
    expect("Idempotent-Replayed", again.headers.get("Idempotent-Replayed"), "true")
    expect("the repeated answer", again.json(), first.json())


def timer(demo: Demo, talk: Conversation) -> None:
    demo.chapter("A job for later")
    run_at = datetime.now(UTC) + FORESIGHT
    job = {"type": "text_statistics", "input": {"text": "Not before its time."}, "run_at": rfc3339(run_at)}
    accepted = talk.request("POST", "/v1/jobs", job, status=202)
    expect("the job's end", talk.follow(accepted)["status"], "completed")
    [execution] = talk.fetch(f"{accepted.headers['Location']}/executions").json()["executions"]
    started = datetime.fromisoformat(execution["started_at"])
    late = (started - datetime.fromisoformat(rfc3339(run_at))).total_seconds()
    talk.say(f"It started {late * 1000:.0f} ms after its time.")
    expect("starting on time", 0 <= late < LATE, True)


def cancel(demo: Demo, talk: Conversation) -> None:
    demo.chapter("A change of mind")
    tomorrow = rfc3339(datetime.now(UTC) + timedelta(days=1))
    job = {"type": "text_statistics", "input": {"text": "Never mind."}, "run_at": tomorrow}
    accepted = talk.request("POST", "/v1/jobs", job, status=202)
    answer = talk.request("POST", f"{accepted.headers['Location']}/cancel", status=202)
    expect("the job's error", answer.json()["error"]["code"], "cancelled")


def flow(demo: Demo, talk: Conversation) -> None:
    demo.chapter("A service that must rest")
    talk.request("PUT", "/v1/flows/renderer", {"concurrency": 3, "paused": True}, status=201)
    job = {"type": "text_statistics", "input": {"text": "After you."}, "flow": "renderer"}
    accepted = talk.request("POST", "/v1/jobs", job, status=202)
    waiting = next(job["waiting"] for job in talk.polls(accepted.headers["Location"]) if "waiting" in job)
    talk.say(f"It waits for its flow. Jobs before it: {waiting['ahead']}.")
    expect("the job's wait", waiting, {"flow": "renderer", "ahead": 0})
    talk.request("POST", "/v1/flows/renderer/resume", status=200)
    expect("the job's end", talk.follow(accepted)["status"], "completed")


def mistakes(demo: Demo, talk: Conversation) -> None:
    demo.chapter("Several mistakes, named all at once")
    given = {"text": "", "keywords": 1000, "colour": "red"}
    job = {"type": "text_statistics", "input": given, "run_at": "tomorrow"}
    answer = talk.request("POST", "/v1/jobs", job, status=422)
    named = {error["pointer"] for error in answer.json()["errors"]}
    expect("the fields named", named, {"/input/text", "/input/keywords", "/input/colour", "/run_at"})


def listing(demo: Demo, talk: Conversation) -> None:
    demo.chapter("What became of them all")
    page = talk.fetch("/v1/jobs?limit=10").json()
    for job in page["jobs"]:
        error = job.get("error", {}).get("code", "")
        talk.say(f"{job['created_at']}  {job['type']:16}  {job['status']:9}  {error}".rstrip())
    expect("the number of jobs", len(page["jobs"]), 6)


def picture() -> bytes:
    """Draw a fractal. The same Pillow makes the same bytes."""
    fractal = Image.effect_mandelbrot((1600, 1000), (-2.2, -1.2, 1.64, 1.2), 100)
    buffer = io.BytesIO()
    ImageOps.colorize(fractal, "midnightblue", "orange").save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


STEPS = (statistics, thumbnails, replay, timer, cancel, flow, mistakes, listing)
