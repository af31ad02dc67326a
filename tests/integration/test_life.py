"""A job's life over the real entry points: submitted, woken, run, read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import requests  # type: ignore[import-untyped]

from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND
from tests.kit import events

if TYPE_CHECKING:
    from tests.kit.deployed import Deployed


def test_a_job_goes_from_202_to_its_result(deployed: Deployed) -> None:
    accepted = deployed.request(deployed.submission())
    job_id = accepted.json["job_id"]
    pending = deployed.get(job_id)
    returned = deployed.deliver()
    completed = deployed.get(job_id)

    assert accepted.status == 202
    assert accepted.headers["Location"] == accepted.json["poll_url"] == f"/v1/jobs/{job_id}"
    assert int(accepted.headers["Retry-After"]) >= 1
    assert pending.json == {name: value for name, value in accepted.json.items() if name != "poll_url"}
    assert returned == []
    assert completed.json["status"] == "completed"
    assert completed.json["result"] == {"text": "Leave your coat."}
    assert completed.json["metadata"] == {"order": "4711"}


def test_the_same_event_again_is_the_same_job(deployed: Deployed) -> None:
    first = deployed.request(deployed.submission("order-4711"))
    deployed.deliver()
    second = deployed.request(deployed.submission("order-4711"))

    assert second.status == 202
    assert second.json == first.json
    assert second.headers["Idempotent-Replayed"] == "true"


def test_a_large_result_is_read_over_a_url_that_needs_no_key(deployed: Deployed) -> None:
    job_id = deployed.submit(input={"text": "a" * 300_000})

    deployed.deliver()
    completed = deployed.get(job_id)
    redirect = deployed.request(
        events.with_path(events.load("get_job", deployed.key), completed.json["result_url"])
    )
    result = requests.get(redirect.headers["Location"], timeout=5)

    assert "result" not in completed.json
    assert completed.json["result_url"] == f"/v1/jobs/{job_id}/result"
    assert redirect.status == 303
    assert len(result.content) > 256 * 1024
    assert result.json() == {"text": "a" * 300_000}


def test_a_result_of_middle_size_is_shown_with_its_job(deployed: Deployed) -> None:
    job_id = deployed.submit(input={"text": "a" * 5_000})

    deployed.deliver()
    completed = deployed.get(job_id)

    assert completed.json["result"] == {"text": "a" * 5_000}


def test_a_file_is_uploaded_and_its_copies_are_downloaded(deployed: Deployed) -> None:
    content = b"a coat" * 100_000
    upload = deployed.request(
        events.with_path(
            events.with_body(
                events.load("submit_job", deployed.key), {"content_type": "text/plain", "size": len(content)}
            ),
            "/v1/uploads",
        )
    )
    sent = requests.put(upload.json["url"], content, headers=upload.json["headers"], timeout=5)
    file = {"upload_id": upload.json["upload_id"]}
    job_id = deployed.submit(type="copy_file", input={"file": file, "names": ["one.txt", "ä.txt"]})

    deployed.deliver()

    files = []
    for each in deployed.get(job_id).json["result"]["files"]:
        event = events.with_path(events.load("get_job", deployed.key), each["url"])
        answer = deployed.request(event)
        assert answer.status == 303
        files.append(requests.get(answer.headers["Location"], timeout=5))
    assert (upload.status, sent.status_code) == (201, 200)
    assert [each.content for each in files] == [content] * 2
    assert [each.headers["Content-Type"] for each in files] == ["application/octet-stream"] * 2
    assert [each.headers["Content-Disposition"] for each in files] == [
        "attachment; filename*=UTF-8''one.txt",
        "attachment; filename*=UTF-8''%C3%A4.txt",
    ]


def test_a_failing_job_has_a_code(deployed: Deployed) -> None:
    job_id = deployed.submit(type="fail", input={})

    deployed.deliver()
    failed = deployed.get(job_id)

    assert failed.json["status"] == "failed"
    assert failed.json["error"]["code"] == "no_luck"


def test_a_list_shows_what_has_ended(deployed: Deployed) -> None:
    done = deployed.submit()
    deployed.deliver()
    deployed.submit()

    listed = deployed.request(events.load("list_jobs", deployed.key))

    assert [job["job_id"] for job in listed.json["jobs"]] == [done]
    assert listed.json["next_cursor"] is None


def test_a_cancelled_job_does_not_run(deployed: Deployed) -> None:
    job_id = deployed.submit()

    cancelled = deployed.request(events.load("cancel_job", deployed.key, job_id))
    deployed.deliver()

    assert cancelled.status == 202
    assert deployed.get(job_id).json["error"]["code"] == "cancelled"


def test_broken_wake_ups_are_returned_and_the_others_run(deployed: Deployed) -> None:
    job_ids = [deployed.submit(), deployed.submit()]
    first, second = events.load("wake_ups", job_id=job_ids[0])["Records"]
    broken = [
        second | {"messageId": f"broken-{i}", "body": body}
        for i, body in enumerate(["", "not json", "[]", "{}", '{"job_id": null}'])
    ]
    batch = {"Records": [*broken, first, second | {"body": json.dumps({"job_id": job_ids[1]})}]}

    returned = deployed.invoke("worker", batch)

    assert returned == {"batchItemFailures": [{"itemIdentifier": f"broken-{i}"} for i in range(5)]}
    assert [deployed.get(job_id).json["status"] for job_id in job_ids] == ["completed", "completed"]


def test_a_duplicate_wake_up_changes_nothing(deployed: Deployed) -> None:
    job_id = deployed.submit()
    deployed.deliver()
    before = deployed.get(job_id)

    (record, *_) = events.load("wake_ups", job_id=job_id)["Records"]
    returned = deployed.invoke("worker", {"Records": [record, record]})

    assert returned == {"batchItemFailures": []}
    assert deployed.get(job_id).json == before.json


def test_a_lost_wake_up_delays_the_job_by_a_minute(deployed: Deployed) -> None:
    job_id = deployed.submit()
    assert deployed.lose_wake_ups() == 1

    deployed.clock.advance(MINUTE - 1)
    early = deployed.tick()
    deployed.clock.advance(1)
    late = deployed.tick()
    deployed.deliver()

    assert (early["woken"], late["woken"]) == (0, 1)
    assert deployed.get(job_id).json["status"] == "completed"


def test_a_job_that_never_ran_ends_at_its_deadline(deployed: Deployed) -> None:
    job_id = deployed.submit()

    for _ in range(61):
        deployed.lose_wake_ups()
        deployed.clock.advance(MINUTE)
        deployed.tick()

    failed = deployed.get(job_id).json
    assert failed["error"]["code"] == "deadline_exceeded"
    assert failed["ended_at"] >= failed["deadline"]


@pytest.mark.parametrize("ahead", [14 * MINUTE, 16 * MINUTE, 30 * DAY])
def test_a_timer_starts_at_its_time_and_not_before(deployed: Deployed, ahead: int) -> None:
    run_at = deployed.timestamp(ahead)
    job_id = deployed.submit(run_at=run_at, deadline=deployed.timestamp(ahead + HOUR))

    deployed.clock.advance(max(ahead - 20 * MINUTE, 0))
    deployed.advance(min(ahead, 20 * MINUTE) - 2 * SECOND)
    before = deployed.get(job_id).json
    deployed.advance(2 * SECOND)
    after = deployed.get(job_id).json

    assert before["status"] == "pending"
    assert after["status"] == "completed"
    assert after["ended_at"] == run_at
