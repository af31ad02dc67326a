"""FlowRelay's page, "Async jobs": each statement about the wire, and its two clients."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from apps.flowrelay.tests.e2e import flowrelay_wait
from apps.flowrelay.tests.world import ask, flowrelay, generate, poll
from claimcheck.domain.job import SECOND
from claimcheck.installed import ENDPOINTS
from tests.kit.http_world import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.world import Answer, World

CLIENTS = Path(__file__).with_name("e2e")
NODE = shutil.which("node")
wait_for_job: Any = flowrelay_wait.wait_for_job
needs_node = pytest.mark.skipif(NODE is None, reason="there is no Node here")

TIMES = {"created_at": "2026-06-21T10:00:00.000Z", "updated_at": "2026-06-21T10:00:00.000Z"}


def job(**reported: Any) -> dict[str, Any]:
    """Return `job` on the wire, before its start."""
    nothing = dict.fromkeys(["result_kind", "result_id", "error", "error_code", "progress"])
    return {"type": "handoff", "status": "pending", **nothing, **TIMES, **reported}


def shown(answer: Answer, job_id: str) -> dict[str, Any]:
    """Return the body of a poll without the job's id."""
    body: dict[str, Any] = answer.json
    assert body["job"].pop("id") == job_id
    return body


@pytest.mark.parametrize("kind", ["handoff", "insight"])
def test_a_generation_endpoint_returns_202_with_a_job_id_instead_of_the_artifact(kind: str) -> None:
    world = flowrelay()

    answer = ask(world, kind, key=world.key("acme", dialect="flowrelay"))
    job_id = answer.json["jobId"]

    assert answer.status == 202
    assert answer.json == {"jobId": job_id, "status": "pending"}
    assert answer.headers["Location"] == f"/api/v1/jobs/{job_id}"
    assert answer.headers["Retry-After"] == "2"
    assert poll(world, job_id).json["job"]["type"] == kind


def test_handoffs_and_insights_are_declared_where_their_lists_are() -> None:
    assert ENDPOINTS["flowrelay"] == {"/api/v1/handoffs": "handoff", "/api/v1/insights": "insight"}


def test_a_job_is_pending_until_a_worker_has_picked_it_up() -> None:
    world = flowrelay()
    job_id = generate(world)

    answer = poll(world, job_id)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert shown(answer, job_id) == {"job": job(), "result": None}
    assert answer.headers["Retry-After"] == "2"


def test_a_job_is_processing_while_the_worker_is_generating() -> None:
    seen: list[Answer] = []

    def work(given: Any, context: Any) -> Any:
        seen.append(poll(world, context.job_id))
        return {"title": "t"}

    world = flowrelay(handlers={"handoff": work})
    job_id = generate(world)
    world.work()

    assert shown(seen[0], job_id) == {"job": job(status="processing"), "result": None}
    assert seen[0].headers["Retry-After"] == "2"


@pytest.mark.parametrize("kind", ["handoff", "insight"])
def test_a_completed_job_embeds_the_artifact_and_points_at_it(kind: str) -> None:
    world = flowrelay()
    job_id = generate(world, kind, wanted="Rows are lost")
    world.clock.advance(SECOND)
    world.work()

    answer = poll(world, job_id)

    assert shown(answer, job_id) == {
        "job": job(
            type=kind,
            status="completed",
            result_kind=kind,
            result_id=job_id,
            progress={"done": 1, "total": 2, "message": "context read"},
            updated_at="2026-06-21T10:00:01.000Z",
        ),
        "result": {"title": "Rows are lost"},
    }
    assert "Retry-After" not in answer.headers


def test_a_failed_job_says_why_in_two_strings() -> None:
    world = flowrelay()
    job_id = generate(world, wanted="refused")
    world.work()

    answer = poll(world, job_id)

    assert shown(answer, job_id) == {
        "job": job(
            status="failed",
            error="The model refuses to answer about this.",
            error_code="model_refused",
        ),
        "result": None,
    }
    assert "Retry-After" not in answer.headers


def test_a_last_attempt_gives_its_own_error_code() -> None:
    world = flowrelay()
    job_id = generate(world, wanted="unreachable")
    world.advance(3600 * SECOND)

    reported = poll(world, job_id).json["job"]

    assert (reported["status"], reported["error_code"]) == ("failed", "model_unavailable")
    assert reported["error"].endswith("The model cannot be reached.")


@pytest.mark.parametrize("kind", ["handoff", "insight"])
def test_the_row_id_can_be_fetched_again_later_via_the_list_endpoint(kind: str) -> None:
    world = flowrelay()
    job_id = generate(world, kind)
    world.work()
    reported = poll(world, job_id).json["job"]

    listed = world.request("GET", f"/api/v1/{reported['result_kind']}s")

    assert listed.json == {
        f"{kind}s": [
            {
                "id": reported["result_id"],
                "kind": kind,
                "project": "Billing",
                "created_at": "2026-06-21T10:00:00.000Z",
                "completed_at": "2026-06-21T10:00:00.000Z",
                "expires_at": "2026-06-21T12:00:00.000Z",
            }
        ],
        "next_cursor": None,
    }


def test_a_poll_every_two_seconds_fits_into_the_rate_limit_and_ten_a_second_do_not() -> None:
    world = flowrelay()
    key = world.key("acme", dialect="flowrelay")
    job_id = generate(world)
    world.clock.advance_to(-(-world.clock.now() // (60 * SECOND)) * 60 * SECOND)

    calm = [poll(world, job_id, key=key).status for _ in range(30)]
    hasty = [poll(world, job_id, key=key) for _ in range(600)]

    assert set(calm) == {200}
    assert hasty[-1].status == 429
    assert hasty[-1].json == {
        "error": "This API key is limited to 120 requests a minute.",
        "error_code": "rate_limited",
    }


@pytest.mark.parametrize(
    ("authorization", "code"), [("", "missing_api_key"), ("Bearer flr_live_nobody", "unauthenticated")]
)
def test_a_poll_needs_the_key(authorization: str, code: str) -> None:
    from apps.flowrelay import dialect
    from claimcheck.canonical import endpoints as canonical

    world = flowrelay(dialects=(canonical.DIALECT, dialect.DIALECT))

    answer = poll(world, generate(world), authorization=authorization)

    assert (answer.status, answer.json["error_code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


# The page's clients. A worker starts the job after their first poll.


def reachable() -> World:
    """The worker runs in the server's thread, where no signal can stop a handler."""
    return flowrelay(timer=lambda duration: nullcontext())


def test_the_pages_python_waits_for_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    world = reachable()
    key, job_id = world.key("acme", dialect="flowrelay"), generate(world)

    with served(world, after_each=world.work) as url:
        monkeypatch.setattr(flowrelay_wait, "BASE_URL", url)
        result = wait_for_job(job_id, key, interval=0)

    assert result == {"title": "title"}


def test_the_pages_python_raises_the_error_of_a_failed_job(monkeypatch: pytest.MonkeyPatch) -> None:
    world = reachable()
    key, job_id = world.key("acme", dialect="flowrelay"), generate(world, wanted="refused")

    with served(world, after_each=world.work) as url:
        monkeypatch.setattr(flowrelay_wait, "BASE_URL", url)
        with pytest.raises(RuntimeError, match=r"^The model refuses to answer about this\.$"):
            wait_for_job(job_id, key, interval=0)


def run_node(world: World, job_id: str, after_each: Callable[[], None]) -> tuple[int, str]:
    with served(world, after_each) as url:
        command = [str(NODE), "flowrelay_wait.mjs", url, world.acme, job_id]
        done = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.returncode, done.stdout


@needs_node
def test_the_pages_javascript_returns_the_result() -> None:
    world = reachable()
    job_id = generate(world)
    world.work()

    status, printed = run_node(world, job_id, world.work)

    assert (status, json.loads(printed)) == (0, {"title": "title"})


@needs_node
def test_the_pages_javascript_throws_the_error_of_a_failed_job() -> None:
    world = reachable()
    job_id = generate(world, wanted="refused")
    world.work()

    status, printed = run_node(world, job_id, world.work)

    assert (status, printed) == (1, "The model refuses to answer about this.\n")
