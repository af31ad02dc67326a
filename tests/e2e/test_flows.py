"""A flow limits jobs on the deployed stack: at once, in turn, and paused."""

from tests.kit.client import Client, eventually


def flow(acme: Client, name: str, **limits: object) -> None:
    assert acme.http.put(f"/v1/flows/{name}", json=limits).status_code in (200, 201)


def submit(acme: Client, name: str, seconds: int) -> str:
    body = {"type": "doze", "input": {"seconds": seconds}, "flow": name}
    answer = acme.http.post("/v1/jobs", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


def test_no_more_jobs_run_than_the_flow_allows_and_all_complete(acme: Client) -> None:
    flow(acme, "two", concurrency=2)
    job_ids = [submit(acme, "two", seconds=1) for _ in range(8)]
    seen = []

    def done() -> bool:
        seen.append(acme.http.get("/v1/flows/two").json())
        return all(acme.job(job_id)["status"] == "completed" for job_id in job_ids)

    eventually(done, 120, "eight jobs, two at a time")

    assert max(each["running"] for each in seen) == 2
    assert max(each["waiting"] for each in seen) > 0


def test_a_paused_flow_holds_its_jobs_and_says_so(acme: Client) -> None:
    flow(acme, "held", paused=True)
    job_ids = [submit(acme, "held", seconds=0) for _ in range(2)]

    waiting: dict[str, object] = eventually(
        lambda: acme.job(job_ids[1]).get("waiting", {}), 30, "a place in line"
    )
    assert waiting["flow"] == "held"
    assert acme.http.post("/v1/flows/held/resume").status_code == 200
    for job_id in job_ids:
        assert acme.ended(job_id, within=60)["status"] == "completed"
    eventually(lambda: acme.http.delete("/v1/flows/held").status_code == 204, 30, "a deletion")
