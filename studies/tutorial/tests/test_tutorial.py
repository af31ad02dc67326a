"""The tutorial's implementation works, so a comparison with it is meaningful."""

from __future__ import annotations

import json
import re
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from bench import calls, figures, peers
from studies.tutorial.running import running
from studies.tutorial.template import FUNCTIONS, HERE, properties
from studies.tutorial.visiting import Visitor
from tests.kit.bridge import bridge
from tests.kit.cloud import moto_cloud

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studies.tutorial.running import Tutorial
    from tests.kit.bridge import Bridge
    from tests.kit.cloud import Cloud

TEXT = {"text": "Leave your coat. You get a claim check."}
NUMBERS = count(1)


class Clock:
    now = 0.0


class World(NamedTuple):
    """The running tutorial, and a new owner with a key."""

    tutorial: Tutorial
    cloud: Cloud
    bridge: Bridge
    clock: Clock
    key: str

    def submit(self, body: Any, **headers: str) -> str:
        answer = self.tutorial.submit(self.key, body, **headers)
        assert answer["statusCode"] == 202, answer
        return str(json.loads(answer["body"])["job_id"])

    def read(self, job_id: str) -> dict[str, Any]:
        return dict(json.loads(self.tutorial.get(self.key, job_id)["body"]))

    def messages(self) -> list[dict[str, Any]]:
        return self.tutorial.deployed.receive()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    clock = Clock()
    with moto_cloud() as cloud, bridge() as aws:
        logs = tmp_path_factory.mktemp("logs")
        with running(aws.url, logs, lambda: clock.now) as tutorial:
            yield World(tutorial, cloud, aws, clock, "")


@pytest.fixture
def world(started: World) -> Iterator[World]:
    yield started._replace(key=started.tutorial.deployed.issue_key(f"owner-{next(NUMBERS)}"))
    while started.messages():
        pass


def test_a_job_goes_from_its_submission_to_its_result(world: World) -> None:
    job_id = world.submit({"input": TEXT})
    submitted = world.read(job_id)
    gone = world.tutorial.work(world.messages())

    done = world.read(job_id)
    assert submitted["status"] == "PENDING"
    assert gone == {"batchItemFailures": []}
    assert done["status"] == "DONE"
    assert done["result"]["words"] == 8


def test_a_repeated_idempotency_key_is_the_same_job(world: World) -> None:
    jobs = {world.submit({"input": TEXT}, **{"Idempotency-Key": "order-1"}) for _ in range(2)}

    assert len(jobs) == 1
    assert len(world.messages()) == 1


def test_an_idempotency_key_is_its_owners_alone(world: World) -> None:
    other = world._replace(key=world.tutorial.deployed.issue_key("somebody-else"))
    jobs = {each.submit({"input": TEXT}, **{"Idempotency-Key": "order-1"}) for each in (world, other)}

    assert len(jobs) == 2


def test_an_idempotency_key_is_for_one_request(world: World) -> None:
    world.submit({"input": TEXT}, **{"Idempotency-Key": "order-1"})
    answer = world.tutorial.submit(world.key, {"input": {"text": "Other."}}, **{"Idempotency-Key": "order-1"})

    assert answer["statusCode"] == 422


@pytest.mark.parametrize("body", ["", "{", {"input": {"text": ""}}, {"input": TEXT, "run_at": "soon"}])
def test_a_bad_body_is_refused_and_makes_no_job(world: World, body: Any) -> None:
    answer = world.tutorial.submit(world.key, body)

    listed = world.tutorial.gateway.request("GET", "/jobs", world.key)
    assert answer["statusCode"] == 400
    assert world.messages() == []
    assert json.loads(listed["body"]) == {"jobs": []}


def test_an_unknown_key_is_denied(world: World) -> None:
    assert world.tutorial.submit("no-key-of-ours", {"input": TEXT})["statusCode"] == 403
    assert world.messages() == []


def test_the_authorizer_is_asked_once_in_300_seconds(world: World) -> None:
    asked = []
    for seconds in (0, 299, 1):
        world.clock.now += seconds
        world.bridge.operations.clear()
        world.tutorial.get(world.key, "no-job")
        asked.append(len(world.bridge.operations))

    assert asked == [2, 1, 2]  # the key's item beside the job's


def test_a_duplicate_message_runs_the_job_once(world: World) -> None:
    job_id = world.submit({"input": TEXT})
    messages = world.messages()
    world.tutorial.work(messages)
    done = world.read(job_id)
    world.tutorial.work(messages)

    assert world.read(job_id) == done


def test_a_delayed_job_is_a_schedule_that_sends_the_same_message(world: World) -> None:
    job_id = world.submit({"input": TEXT, "run_at": "2100-01-01T02:00:00+02:00"})

    deployed = world.tutorial.deployed
    schedule = deployed.scheduler.get_schedule(Name=job_id)
    assert world.messages() == []
    assert schedule["ScheduleExpression"] == "at(2100-01-01T00:00:00)"
    assert schedule["ActionAfterCompletion"] == "DELETE"

    assert schedule["Target"]["Arn"] == deployed.arns["Queue"]
    deployed.sqs.send_message(QueueUrl=deployed.names["Queue"], MessageBody=schedule["Target"]["Input"])
    world.tutorial.work(world.messages())
    assert world.read(job_id)["status"] == "DONE"


def test_another_owners_job_is_not_found(world: World) -> None:
    job_id = world.submit({"input": TEXT})
    other = world.tutorial.deployed.issue_key("somebody-else")

    assert world.tutorial.get(other, job_id)["statusCode"] == 404


def test_a_job_whose_message_is_given_up_has_failed(world: World) -> None:
    failing, working = world.submit({"input": TEXT}), world.submit({"input": TEXT})
    messages = world.messages()
    broken = next(message for message in messages if failing in message["Body"])
    broken["Body"] = json.dumps({"job_id": failing, "input": {}})
    gone = world.tutorial.work(messages)
    world.tutorial.work([broken], "dead_letters")

    assert gone == {"batchItemFailures": [{"itemIdentifier": broken["MessageId"]}]}
    assert world.read(failing)["status"] == "FAILED"
    assert world.read(working)["status"] == "DONE"


@pytest.fixture
def visitor(world: World) -> Iterator[Visitor]:
    """A client whose key API Gateway has not cached, at warm functions."""
    unwatched = world.bridge.watch
    Visitor(world.tutorial, world.cloud, world.bridge, "warming-up").live()
    yield Visitor(world.tutorial, world.cloud, world.bridge, "acme")
    world.bridge.watch = unwatched


def test_its_counts_are_those_of_the_figures(visitor: Visitor) -> None:
    """If this fails, measure again: `python -m bench peers`."""
    lives = peers.lives_of(visitor)

    kept = figures.load()["peers"].series
    assert kept is not None
    assert calls.lifecycle(lives.plain) == kept["lifecycle"]
    assert peers.authorizing(lives).record == kept["authorize"]
    assert lives.delayed.record == kept["timer"]["tutorial"]
    assert len(lives.keyed.calls) == figures.load()["peers"].value("calls_keyed_tutorial")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_template_has_the_variables_that_its_functions_read(name: str) -> None:
    code = (HERE / properties(name)["CodeUri"] / "app.py").read_text()
    read = set(re.findall(r'os\.environ\["(\w+)"\]', code))

    assert read == set(properties(name)["Environment"]["Variables"])
