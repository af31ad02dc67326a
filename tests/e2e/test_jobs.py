"""The deployed API, as a client uses it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx

from tests.kit.client import Client, eventually


def test_a_job_goes_from_202_to_its_result(acme: Client) -> None:
    accepted = acme.post("echo", {"text": "You leave your coat, you get a claim check."})
    job = acme.ended(accepted.json()["job_id"], within=30)

    assert accepted.status_code == 202
    assert accepted.headers["location"] == f"/v1/jobs/{job['job_id']}"
    assert int(accepted.headers["retry-after"]) >= 1
    assert job["status"] == "completed"
    assert job["result"]["text"].endswith("a claim check.")
    assert acme.http.get(f"{accepted.headers['location']}/result").json() == job["result"]


def test_a_poll_shows_a_jobs_progress(acme: Client) -> None:
    job_id = acme.submit("doze", {"seconds": 4, "steps": 4})

    reported = eventually(lambda: acme.job(job_id)["progress"], 30, "progress")

    assert reported["total"] == 4
    assert acme.job(job_id)["status"] == "processing"
    assert acme.ended(job_id, within=30)["status"] == "completed"


def test_a_large_result_is_fetched_from_the_bucket_without_a_key(acme: Client) -> None:
    job_id = acme.submit("echo", {"text": "0123456789", "times": 40_000})
    job = acme.ended(job_id, within=60)

    answer = acme.http.get(job["result_url"])
    result = httpx.get(answer.headers["location"], trust_env=False)
    forged = httpx.get(answer.headers["location"].replace("Signature=", "Signature=0"), trust_env=False)

    assert "result" not in job
    assert answer.status_code == 303
    assert len(result.json()["text"]) == 400_000 > 256 * 1024
    assert forged.status_code == 403


def test_a_request_repeated_with_its_key_starts_one_job(acme: Client) -> None:
    def post(_: int) -> httpx.Response:
        return acme.post("echo", {"text": "Once."}, idempotency_key="once")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert acme.post("echo", {"text": "Twice."}, idempotency_key="once").status_code == 422


def test_a_timer_is_never_early(acme: Client) -> None:
    run_at = datetime.now(UTC) + timedelta(seconds=2.5)
    job_id = acme.submit("echo", {"text": "Later."}, run_at=run_at.isoformat())
    acme.ended(job_id, within=30)

    [execution] = acme.executions(job_id)

    assert datetime.fromisoformat(execution["started_at"]) >= run_at.replace(
        microsecond=run_at.microsecond // 1000 * 1000
    )


def test_a_waiting_job_is_cancelled_at_once(acme: Client) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    job_id = acme.submit("echo", {"text": "Never."}, run_at=tomorrow)

    answer = acme.http.post(f"/v1/jobs/{job_id}/cancel")

    assert answer.status_code == 202
    assert acme.job(job_id)["error"]["code"] == "cancelled"


def test_a_running_job_can_be_cancelled_and_its_result_still_counts(acme: Client) -> None:
    job_id = acme.submit("doze", {"seconds": 3})
    acme.reaches(job_id, ["processing"], within=30)

    answer = acme.http.post(f"/v1/jobs/{job_id}/cancel")

    assert answer.status_code == 202
    assert answer.json()["cancel_requested_at"]
    assert acme.ended(job_id, within=30)["status"] == "completed"


def test_a_list_pages_through_an_orgs_own_jobs_newest_first(client_of: Callable[..., Client]) -> None:
    lister, other = client_of("lister"), client_of("other")
    submitted = [lister.submit("echo", {"text": f"Number {n}."}) for n in range(5)]

    seen, wanted = list[str](), {"limit": "2"}
    while wanted:
        page = lister.http.get("/v1/jobs", params=wanted).json()
        seen += [job["job_id"] for job in page["jobs"]]
        wanted = {"limit": "2", "cursor": page["next_cursor"]} if page["next_cursor"] else {}

    assert seen == submitted[::-1]
    assert other.http.get("/v1/jobs").json()["jobs"] == []
    assert other.http.get(f"/v1/jobs/{submitted[0]}").status_code == 404
