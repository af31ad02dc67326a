"""Functions built as for Lambda, in front of moto, with an org and a key.

moto is reached over TLS, like AWS: connecting is a good part of a cold start.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.program import Program
from tests.kit import events, image
from tests.kit.authority import Authority
from tests.kit.bridge import bridge
from tests.kit.cloud import REGION, Cloud, moto_cloud
from tests.kit.deployed import issue_key
from tests.kit.deployment import PROJECT, properties, variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.program import Event
    from tests.kit.image import Image

BARE = Path(__file__).with_name("bare")
INPUT = {"text": "You leave your coat, you get a claim check."}


@dataclass(frozen=True)
class Stage:
    cloud: Cloud
    url: str  # moto's
    image: Image
    authority: Authority  # issued moto's certificate
    folder: Path
    _orgs: Iterator[int] = field(default_factory=count)

    def program(self, name: str, **more: str) -> Program:
        """Return a function of the template, by its logical id, with `more` in its environment."""
        layers = [each["Ref"] for each in properties(name)["Layers"]]
        return Program(self.image.paths(name, layers), self.environment(name, self.amazons) | more)

    @property
    def amazons(self) -> Path:
        """The authorities that the template makes the SDK trust."""
        bundle = variables("GetJob")["AWS_CA_BUNDLE"]["Fn::If"][1]
        return self.image.artifacts / "EngineLayer" / Path(bundle).relative_to("/opt")

    @property
    def bare(self) -> Program:
        """A function that reads one item with boto3, and trusts the SDK's own list of authorities."""
        return self._bare(self.image.sdk / "botocore" / "cacert.pem")

    @property
    def bare_trusting_amazon(self) -> Program:
        return self._bare(self.amazons)

    def _bare(self, trusted: Path) -> Program:
        return Program([BARE, self.image.sdk], self.environment("GetJob", trusted))

    def environment(self, name: str, trusted: Path) -> dict[str, str]:
        """Return the environment of a function. The SDK trusts `trusted` and moto's certificate."""
        bundle = self.folder / f"{trusted.stem}-and-ours.pem"
        if not bundle.exists():
            bundle.write_text(trusted.read_text() + self.authority.pem)
        return self.cloud.environment(name) | {
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CA_BUNDLE": str(bundle),
        }

    def submission(self, key: str) -> Event:
        event = events.load("submit_job", key)
        body: dict[str, Any] = json.loads(event["body"])
        return events.with_body(event, body | {"type": "text_statistics", "input": INPUT})

    def new_key(self) -> str:
        """Return a key of a new org, whose rate window no other process uses."""
        return issue_key(self.cloud, f"org-{next(self._orgs)}")

    def submit(self, key: str) -> str:
        """Submit a job and return its id. Its wake-up is then in the queue."""
        answer = self.program("SubmitJob").run([self.submission(key)]).answer
        return str(json.loads(answer["body"])["job_id"])

    def polls(self, count: int) -> list[Event]:
        """Return `count` polls of one new job."""
        key = self.new_key()
        return [events.load("get_job", key, self.submit(key))] * count

    def wake_ups(self) -> list[Event]:
        """Return an event for each wake-up in the queue, and empty the queue."""
        return [events.batch([message]) for message in self.cloud.receive()]


@contextmanager
def stage(project: Path = PROJECT) -> Iterator[Stage]:
    """Build the functions of `project`, and yield them with what they run on."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        authority = Authority(place)
        with moto_cloud() as cloud, bridge(authority.server("127.0.0.1")) as aws:
            yield Stage(cloud, aws.url, image.build(place, project), authority, place)
