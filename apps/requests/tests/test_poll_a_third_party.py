"""The README's commands on polling, run unchanged."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from apps.requests.handlers import poll_until
from apps.requests.job_types.poll_until import JOB_TYPE
from claimcheck.authoring import JobContext, JobModel
from claimcheck.domain.job import MINUTE
from claimcheck.outbound import Outbound
from tests.kit.http_world import served
from tests.kit.world import Answer, Words, World, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[1] / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


COMMANDS = blocks("sh")
SHOWN = [json.loads(block) for block in blocks("json")]


class Counts(JobModel):
    words: int


def count(given: Words, job: JobContext) -> Counts:
    return Counts(words=len(given.text.split()))


class Shell:
    """The part of a shell that the page needs: variables, quotes, and curl."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.variables = {"URL": url, "KEY": world.acme}

    def run(self, command: str) -> Answer:
        filled = re.sub(r"\$(\w+)", lambda found: self.variables[found[1]], command)
        program, url, *options = shlex.split(filled)
        assert program == "curl"
        given = list(zip(options[::2], options[1::2], strict=True))
        headers = dict(value.split(": ", 1) for name, value in given if name == "-H")
        bodies = [value.encode() for name, value in given if name == "-d"]
        assert len(headers) + len(bodies) == len(given)
        method = "POST" if bodies else "GET"
        path = url.removeprefix(self.variables["URL"])
        sent = {name.lower().replace("-", "_"): value for name, value in headers.items()}
        return self.world.request(method, path, bodies[0] if bodies else None, **sent)


@pytest.fixture
def shell() -> Iterator[Shell]:
    """A world that is its own third party, like the local stack."""
    handlers: dict[str, Any] = {"poll_until": poll_until.handle, "text_statistics": count}
    third_party = job_type("text_statistics", result=Counts)
    world = World(job_types=[JOB_TYPE, third_party], handlers=handlers)
    world.rebuild(outbound=Outbound(allow_loopback=True))
    with served(world) as url:
        yield Shell(world, url)


def test_what_the_page_declares_is_started_polled_and_read(shell: Shell) -> None:
    submit, read, _, executions = COMMANDS
    accepted = shell.run(submit)
    shell.variables["JOB"] = accepted.json["job_id"]
    shell.world.advance(MINUTE)
    ended, reported = shell.run(read), shell.run(executions)

    assert accepted.status == 202
    assert (ended.json["status"], ended.json["result"]) == ("completed", SHOWN[0]["result"])
    assert [each["details"]["request"] for each in reported.json["executions"]] == ["poll", "start"]
    assert {each["lateness_ms"] for each in reported.json["executions"]} == {0}


def test_its_wrong_expression_is_refused_as_shown(shell: Shell) -> None:
    answer = shell.run(COMMANDS[2])

    assert answer.status == 422
    assert answer.json["errors"] == SHOWN[1]["errors"]


def test_its_bounds_are_those_of_the_job_type() -> None:
    fields = JOB_TYPE.input.model_json_schema()["properties"]

    named = re.findall(r"^\| (`.*?`) \|", PAGE.split("### Say what done means")[0], re.MULTILINE)
    reported = {name for cell in named for name in re.findall(r"`(\w+)`", cell)}
    assert reported | {"max_retries"} == set(fields)
    for bounds in (
        "(1 to 3,600, default 15)",
        "(1 to 10, default 1)",
        "(1 to 60, default 30)",
        "(default 3)",
    ):
        assert bounds in PAGE
    assert [fields["every"][name] for name in ("minimum", "maximum", "default")] == [1, 3600, 15]
    assert [fields["backoff"][name] for name in ("minimum", "maximum")] == [1, 10]
    assert [fields["timeout_seconds"][name] for name in ("minimum", "maximum", "default")] == [1, 60, 30]
    assert (fields["max_retries"]["default"], JOB_TYPE.deadline) == (3, 24 * 3600)
