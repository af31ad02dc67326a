"""Parts of the contract that deepidv's page does not define: creating a job, its owner, and the form of
errors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from apps.deepidv import dialect as deepidv
from apps.deepidv.tests.world import JOBS, JOHN, SCREENED, SCREENINGS, DeepidvWorld, Screened
from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.domain.job import HOUR, SECOND
from claimcheck.domain.outcome import Fail, Retry
from claimcheck.testing.clock import MIDSUMMER
from tests.kit.world import Answer, Echo, Words, job_type


def error_of(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["code"]


class TestCreating:
    def test_a_job_is_accepted_as_pending_and_can_be_polled_where_location_says(self) -> None:
        world = DeepidvWorld()

        answer = world.start()
        polled = world.request("GET", answer.headers["Location"])

        job_id = answer.json["jobId"]
        assert answer.status == 202
        assert answer.json == {
            "jobId": job_id,
            "status": "pending",
            "createdAt": MIDSUMMER,
            "updatedAt": "2026-06-21T10:00:00.000Z",
        }
        assert str(UUID(job_id)) == job_id
        assert answer.headers["Location"] == f"/v1/async-jobs/{job_id}"
        assert 2 <= int(answer.headers["Retry-After"]) <= 5
        assert polled.json == answer.json

    @pytest.mark.parametrize("typical", [0.1, 3, 3600])
    def test_polls_are_always_suggested_within_the_pages_interval(self, typical: float) -> None:
        world = DeepidvWorld(typical=typical)

        answer = world.start()

        assert answer.headers["Retry-After"] == {0.1: "2", 3: "3", 3600: "5"}[typical]

    def test_the_same_key_and_body_again_get_the_first_answer(self) -> None:
        world = DeepidvWorld()

        first = world.start(idempotency_key="k")
        world.work()
        second = world.start(idempotency_key="k")

        assert second.text == first.text
        assert second.headers["Idempotent-Replayed"] == "true"
        assert len(world.store.all_jobs()) == 1

    def test_the_same_key_for_another_body_is_refused(self) -> None:
        world = DeepidvWorld()
        world.start(idempotency_key="k")

        again = world.start({"name": "Jane Doe"}, idempotency_key="k")

        assert error_of(again) == (400, "idempotency_key_reused")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [({}, "/name"), ({"name": 7}, "/name"), (JOHN | {"age": 40}, "/age"), ([], ""), (None, "")],
    )
    def test_every_wrong_field_is_named_by_its_place_in_the_body(self, body: Any, pointer: str) -> None:
        answer = DeepidvWorld().start(b"null" if body is None else body)

        assert error_of(answer) == (400, "invalid_fields")
        assert [each["pointer"] for each in answer.json["errors"]] == [pointer]

    def test_a_body_that_is_no_json_is_malformed(self) -> None:
        world = DeepidvWorld()

        assert error_of(world.start(b"{")) == (400, "malformed_json")
        assert error_of(world.start(b"{}", content_type="text/plain")) == (415, "unsupported_media_type")

    def test_too_few_credits_are_refused_with_the_amount_needed(self) -> None:
        answer = DeepidvWorld(price=lambda given: 7).start()

        assert error_of(answer) == (402, "insufficient_credits")
        assert (answer.json["needed"], answer.json["left"]) == (7, 0)

    def test_a_paid_plan_can_be_asked_for(self) -> None:
        assert error_of(DeepidvWorld(paid_plan=True).start()) == (403, "plan_required")


class TestKeys:
    def test_the_challenge_names_the_header_and_comes_with_401_alone(self) -> None:
        world = DeepidvWorld()
        job_id = world.started()

        invalid, missing = world.poll(job_id, key="wrong"), world.poll(job_id, key="")

        assert error_of(invalid) == (401, "unauthenticated")
        assert invalid.headers["WWW-Authenticate"] == 'ApiKey header="x-api-key"'
        assert error_of(missing) == (403, "missing_api_key")
        assert "WWW-Authenticate" not in missing.headers

    def test_a_bearer_token_is_no_key_here(self) -> None:
        world = DeepidvWorld()

        answer = world.start(key="", authorization=f"Bearer {world.acme}")

        assert error_of(answer) == (403, "missing_api_key")

    def test_the_key_counts_whichever_contract_it_was_made_for(self) -> None:
        world = DeepidvWorld()

        assert world.poll(world.started(), key=world.key("acme", dialect="canonical")).status == 200

    def test_its_keys_say_that_they_are_deepidvs(self) -> None:
        assert deepidv.DIALECT.key_prefix == "didv_live_"

    def test_too_many_requests_get_the_time_to_continue(self) -> None:
        world = DeepidvWorld()
        tired = world.key("acme", limit=1)
        world.start(key=tired)

        answer = world.start(key=tired)

        assert error_of(answer) == (429, "rate_limited")
        assert int(answer.headers["Retry-After"]) > 0


class TestWhoseJob:
    """A 403 shows that a job exists. Only this path returns it, and only for this contract's jobs."""

    def test_another_orgs_job_is_forbidden(self) -> None:
        world = DeepidvWorld()
        theirs = world.key("umbrella")

        assert error_of(world.poll(world.started(), key=theirs)) == (403, "foreign_job")

    @pytest.mark.parametrize("dialect", ["canonical", "other"])
    def test_another_orgs_job_of_another_contract_is_not_found(self, dialect: str) -> None:
        world = DeepidvWorld()
        job_id = world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": "x"}}).json["job_id"]
        world.store._jobs[job_id] = world.job(job_id).evolve(dialect=dialect)

        assert error_of(world.poll(job_id, key=world.key("umbrella"))) == (404, "job_not_found")

    def test_ones_own_job_of_another_contract_is_not_found(self) -> None:
        world = DeepidvWorld()
        job_id = world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": "x"}}).json["job_id"]

        assert error_of(world.poll(job_id)) == (404, "job_not_found")
        assert world.request("GET", f"/v1/jobs/{job_id}").status == 200

    def test_another_orgs_expired_job_is_not_found(self) -> None:
        world = DeepidvWorld()
        job_id = world.started()
        world.work()
        world.advance(2 * HOUR)

        assert error_of(world.poll(job_id, key=world.key("umbrella"))) == (404, "job_not_found")

    @pytest.mark.parametrize("path", ["", "/result", "/executions"])
    def test_elsewhere_another_orgs_job_is_not_found(self, path: str) -> None:
        world = DeepidvWorld()
        theirs = world.key("umbrella")
        job_id = world.started()

        assert error_of(world.request("GET", f"/v1/jobs/{job_id}{path}", key=theirs)) == (
            404,
            "job_not_found",
        )

    def test_ones_own_is_read_in_canonical_form_too_and_can_be_cancelled_there(self) -> None:
        world = DeepidvWorld()
        job_id = world.started()

        canonical = world.request("GET", f"/v1/jobs/{job_id}")
        world.request("POST", f"/v1/jobs/{job_id}/cancel")

        assert canonical.json["type"] == "screening"
        assert world.poll(job_id).json["error"] == "The job was cancelled."


class TestResults:
    def test_a_large_result_is_shown_up_to_a_limit_and_has_a_place_beyond(self) -> None:
        def handle(given: Any, job: Any) -> Screened:
            return SCREENED.model_copy(
                update={"summary": "x" * (3 if given.name == "Three" else 2) * 1024 * 1024}
            )

        world = DeepidvWorld(handle)
        small, large = (world.start({"name": name}).json["jobId"] for name in ("Two", "Three"))
        world.work()

        place = world.poll(large).json["result"]

        assert len(world.poll(small).json["result"]["summary"]) == 2 * 1024 * 1024
        assert place == {"resultUrl": f"/v1/jobs/{large}/result"}
        assert world.request("GET", place["resultUrl"]).status == 303

    def test_an_error_is_never_empty(self) -> None:
        world = DeepidvWorld(lambda given, job: Fail("no_source", ""))
        job_id = world.started()
        world.work()

        assert world.poll(job_id).json["error"] == "no_source"

    def test_a_job_that_waits_for_another_attempt_is_processing(self) -> None:
        world = DeepidvWorld(lambda given, job: Retry(after=30))
        job_id = world.started()
        world.clock.advance(SECOND)
        world.work()

        answer = world.poll(job_id)

        assert answer.json["status"] == "processing"
        assert answer.json["updatedAt"] == "2026-06-21T10:00:01.000Z"
        assert answer.json["createdAt"] == MIDSUMMER

    def test_where_contracts_share_a_path_its_jobs_look_like_its_own(self) -> None:
        world = DeepidvWorld()
        job_id = world.started()
        call: Any = type("Call", (), {"engine": world.engine})

        shown = deepidv.DIALECT.show(call, world.job(job_id))

        assert shown.body == world.poll(job_id).text


class TestErrors:
    def test_an_error_is_a_string_with_a_code_and_the_requests_id(self) -> None:
        answer = DeepidvWorld().poll("nothing")

        assert answer.json == {
            "error": "A job id is a UUID, such as 01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a.",
            "code": "malformed_job_id",
            "requestId": "req-1",
        }

    def test_a_service_that_is_not_there_for_now_says_when_to_come_again(self) -> None:
        world = DeepidvWorld()
        world.break_port("store", "read", Unavailable())

        answer = world.poll(str(UUID(int=7)))

        assert error_of(answer) == (500, "unavailable")
        assert answer.headers["Retry-After"] == "2"

    def test_a_job_whose_acceptance_is_unknown_has_its_own_answer(self) -> None:
        world = DeepidvWorld()
        world.break_port("store", "insert", OutcomeUnknown())

        answer = world.start()

        assert error_of(answer) == (500, "outcome_unknown")
        assert answer.headers["Retry-After"] == "2"

    def test_its_paths_take_no_other_methods(self) -> None:
        world = DeepidvWorld()

        for path, allowed in ((SCREENINGS, "POST"), (f"{JOBS}/x", "GET, HEAD")):
            answer = world.request("DELETE", path)
            assert error_of(answer) == (405, "method_not_allowed")
            assert answer.headers["Allow"] == allowed


def test_other_contracts_go_on_beside_it() -> None:
    world = DeepidvWorld(lambda given, job: Echo(text=given.text), also=job_type("other", input=Words))

    accepted = world.request("POST", "/v1/jobs", {"type": "other", "input": {"text": "hello"}})
    world.work()

    assert world.request("GET", accepted.json["poll_url"]).json["result"] == {"text": "hello"}
