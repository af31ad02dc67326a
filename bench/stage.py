"""Where functions are measured: built as for Lambda, in front of moto, with an org that has a key."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import image
from bench.program import Program
from tests.bridge import bridge
from tests.cloud import REGION, Cloud, moto_cloud
from tests.integration import events
from tests.integration.deployed import issue_key
from tests.project.deployment import properties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.image import Image
    from bench.program import Event

BARE = Path(__file__).with_name("bare")
INPUT = {"text": "You leave your coat, you get a claim check."}


@dataclass(frozen=True)
class Stage:
    cloud: Cloud
    url: str  # of moto, as AWS
    image: Image

    def program(self, name: str) -> Program:
        """A function of the template, by its logical id."""
        layers = [each["Ref"] for each in properties(name)["Layers"]]
        return Program(self.image.paths(name, layers), self.environment(name))

    @property
    def bare(self) -> Program:
        return Program([BARE, self.image.sdk], self.environment("GetJob"))

    def environment(self, name: str) -> dict[str, str]:
        return self.cloud.environment(name) | {
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_ENDPOINT_URL": self.url,
        }

    @cached_property
    def key(self) -> str:
        # So many requests a minute that no window ends while callgrind takes its time.
        return issue_key(self.cloud, "acme")

    @property
    def submission(self) -> Event:
        event = events.load("submit_job", self.key)
        body: dict[str, Any] = json.loads(event["body"])
        return events.with_body(event, body | {"type": "text_statistics", "input": INPUT})

    def submit(self) -> str:
        """Submit a job; returns its id. Its wake-up is in the queue afterwards."""
        answer = self.program("SubmitJob").run([self.submission]).answer
        return str(json.loads(answer["body"])["job_id"])

    def poll(self, job_id: str) -> Event:
        return events.load("get_job", self.key, job_id)

    def wake_ups(self) -> list[Event]:
        """An event for each wake-up in the queue, which is empty afterwards."""
        return [events.batch([message]) for message in self.cloud.receive()]


@contextmanager
def stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory() as folder, moto_cloud() as cloud, bridge() as aws:
        yield Stage(cloud, aws.url, image.build(Path(folder)))
