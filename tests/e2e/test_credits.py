"""An org submits three times what its credits allow to the deployed API: exactly what it can pay for is
accepted. `test_credits_under_load` tries more at once, with conflicts."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import httpx

from local.keys import administer
from local.stack import Stack
from tests.kit.client import Client, eventually

ORG = "thrifty"
JOBS = 120
AFFORDABLE = 40
# Of the job type `errand`, which these tests add.
PRICE = 7
# The rest is not enough for another job.
FUNDS = AFFORDABLE * PRICE + PRICE - 1
# The number of simultaneous requests. The emulator answers half of them at a time, each in a process.
CLIENTS = 8
PATIENCE = 180.0


@contextmanager
def worker_held_back(deployed: Stack) -> Iterator[None]:
    """Keep the queue from the worker until the block ends."""
    functions = deployed.endpoint.client("lambda")
    [mapping] = functions.list_event_source_mappings(FunctionName=deployed.outputs["WorkerName"])[
        "EventSourceMappings"
    ]

    def switch(on: bool) -> None:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=on)
        state = "Enabled" if on else "Disabled"
        eventually(
            lambda: functions.get_event_source_mapping(UUID=mapping["UUID"])["State"] == state, 60, state
        )

    switch(False)
    try:
        yield
    finally:
        switch(True)


@dataclass(frozen=True)
class Books:
    """The API's responses about an org's jobs and credits."""

    left: int
    movements: list[dict[str, Any]]
    jobs: dict[str, str]  # their statuses

    @classmethod
    def of(cls, client: Client) -> "Books":
        return cls(
            left=client.http.get("/api/v1/credits").json()["credits"],
            movements=list(paged(client, "/api/v1/credits/ledger", "movements")),
            jobs={job["job_id"]: job["status"] for job in paged(client, "/v1/jobs", "jobs")},
        )

    def moved(self, reason: str) -> Counter[tuple[str | None, int]]:
        """Return how often each amount was moved for each job."""
        return Counter(
            (each["job_id"], each["amount"]) for each in self.movements if each["reason"] == reason
        )

    def assert_exact(self) -> None:
        failed = [job_id for job_id, status in self.jobs.items() if status == "failed"]
        assert self.left == sum(each["amount"] for each in self.movements)
        assert self.moved("added") == {(None, FUNDS): 1}
        assert self.moved("charged") == {(job_id, -PRICE): 1 for job_id in self.jobs}
        assert self.moved("refunded") == {(job_id, PRICE): 1 for job_id in failed}


def paged(client: Client, path: str, name: str) -> Iterator[dict[str, Any]]:
    wanted: dict[str, Any] = {"limit": 100}
    while wanted:
        page = client.http.get(path, params=wanted).json()
        yield from page[name]
        wanted = {"limit": 100, "cursor": page["next_cursor"]} if page["next_cursor"] else {}


def ask_until_known(client: Client, number: int) -> httpx.Response:
    """Repeat a request until its result is known."""

    def ask() -> httpx.Response | None:
        answer = client.post("errand", {"number": number}, idempotency_key=f"errand-{number}")
        return answer if answer.status_code < 500 else None

    answer = eventually(ask, PATIENCE, f"an answer to {number}")
    assert answer is not None
    return answer


def test_many_at_once_spend_all_credits_and_failures_are_refunded(
    deployed: Stack, client_of: Callable[..., Client]
) -> None:
    client = client_of(ORG)
    assert administer(deployed, "credits", org=ORG, add=FUNDS) == {"org": ORG, "credits": FUNDS}

    with worker_held_back(deployed), ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(lambda number: ask_until_known(client, number), range(JOBS)))
        spent = Books.of(client)

    accepted = {
        answer.json()["job_id"]: number for number, answer in enumerate(answers) if answer.status_code == 202
    }
    refused = [answer.json() for answer in answers if answer.status_code == 402]
    assert Counter(answer.status_code for answer in answers) == {202: AFFORDABLE, 402: JOBS - AFFORDABLE}
    assert {(each["needed"], each["left"]) for each in refused} == {(PRICE, PRICE - 1)}
    assert spent.jobs == dict.fromkeys(accepted, "pending")
    assert spent.left == PRICE - 1
    spent.assert_exact()

    for job_id in accepted:
        client.ended(job_id, within=PATIENCE)
    settled = Books.of(client)

    unlucky = {job_id for job_id, number in accepted.items() if number % 3 == 0}
    assert {job_id for job_id, status in settled.jobs.items() if status == "failed"} == unlucky
    assert Counter(settled.jobs.values()) == {"completed": AFFORDABLE - len(unlucky), "failed": len(unlucky)}
    assert settled.left == PRICE - 1 + PRICE * len(unlucky)
    assert AFFORDABLE // 5 < len(unlucky) < AFFORDABLE // 2, "about a third"
    settled.assert_exact()


def test_batches_and_single_jobs_at_once_are_each_paid_for_once(
    deployed: Stack, client_of: Callable[..., Client]
) -> None:
    client = client_of("bulky")
    administer(deployed, "credits", org="bulky", add=FUNDS)
    sizes = [30, 30, *[1] * 10]

    def submit(caller: int) -> list[int]:
        entries = [{"type": "errand", "input": {"number": number}} for number in range(sizes[caller])]
        headers = {"Idempotency-Key": f"caller-{caller}"}

        def ask() -> list[int] | None:
            answer = client.http.post("/v1/jobs/batch", json={"jobs": entries}, headers=headers)
            found = [each["status"] for each in answer.json().get("jobs", [{"status": 503}])]
            return found if 503 not in found else None

        return eventually(ask, PATIENCE, f"an answer to {caller}") or []

    with worker_held_back(deployed), ThreadPoolExecutor(len(sizes)) as pool:
        first = list(pool.map(submit, range(len(sizes))))
        spent = Books.of(client)
        administer(deployed, "credits", org="bulky", add=FUNDS)
        administer(deployed, "credits", org="bulky", add=FUNDS)
        second = list(pool.map(submit, range(len(sizes))))
        all_spent = Books.of(client)

    assert Counter(chain(*first)) == {202: AFFORDABLE, 402: sum(sizes) - AFFORDABLE}
    assert len(spent.jobs) == AFFORDABLE
    assert spent.left == PRICE - 1
    assert set(chain(*second)) == {202}
    assert len(all_spent.jobs) == sum(sizes)
    assert all_spent.left == 3 * FUNDS - PRICE * sum(sizes)
    assert all_spent.moved("charged") == {(job_id, -PRICE): 1 for job_id in all_spent.jobs}
