"""Where functions are measured: built as for Lambda, in front of moto, with an org that has a key.

moto is reached over TLS, as AWS is: making a connection is a good part of a cold start.
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
from tests.kit.deployment import properties, variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.program import Event
    from tests.kit.image import Image

BARE = Path(__file__).with_name("bare")
INPUT = {"text": "You leave your coat, you get a claim check."}


@dataclass(frozen=True)
class Stage:
    cloud: Cloud
    url: str  # of moto, as AWS
    image: Image
    authority: Authority  # that moto's certificate is from
    folder: Path
    _orgs: Iterator[int] = field(default_factory=count)

    def program(self, name: str) -> Program:
        """A function of the template, by its logical id."""
        layers = [each["Ref"] for each in properties(name)["Layers"]]
        return Program(self.image.paths(name, layers), self.environment(name, self.amazons))

    @property
    def amazons(self) -> Path:
        """Whom the template lets the SDK trust."""
        bundle = variables("GetJob")["AWS_CA_BUNDLE"]["Fn::If"][1]
        return self.image.artifacts / "EngineLayer" / Path(bundle).relative_to("/opt")

    @property
    def bare(self) -> Program:
        """A function that reads one item with boto3, with the SDK's own trust in the whole world."""
        return self._bare(self.image.sdk / "botocore" / "cacert.pem")

    @property
    def bare_trusting_amazon(self) -> Program:
        return self._bare(self.amazons)

    def _bare(self, trusted: Path) -> Program:
        return Program([BARE, self.image.sdk], self.environment("GetJob", trusted))

    def environment(self, name: str, trusted: Path) -> dict[str, str]:
        """`trusted` are the certificates that the SDK trusts; moto's is added to them."""
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
        """Of an org of its own: processes that shared one would share its rate window."""
        return issue_key(self.cloud, f"org-{next(self._orgs)}")

    def submit(self, key: str) -> str:
        """Submit a job; returns its id. Its wake-up is in the queue afterwards."""
        answer = self.program("SubmitJob").run([self.submission(key)]).answer
        return str(json.loads(answer["body"])["job_id"])

    def polls(self, count: int) -> list[Event]:
        """So many polls of one new job."""
        key = self.new_key()
        return [events.load("get_job", key, self.submit(key))] * count

    def wake_ups(self) -> list[Event]:
        """An event for each wake-up in the queue, which is empty afterwards."""
        return [events.batch([message]) for message in self.cloud.receive()]


@contextmanager
def stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        authority = Authority(place)
        with moto_cloud() as cloud, bridge(authority.server("127.0.0.1")) as aws:
            yield Stage(cloud, aws.url, image.build(place), authority, place)
