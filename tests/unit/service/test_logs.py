"""A failure is found in the logs, with its cause; a text that can quote an input only where it is allowed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring import RetryPolicy
from claimcheck.domain import observability
from tests.kit.world import World, job_type

if TYPE_CHECKING:
    from claimcheck.authoring import JobContext

SECRET = "the font Fraktur is missing"


def breaks(given: Any, job: JobContext) -> None:
    job.log.info("looking for a font", message="Fraktur")
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(SECRET) from error


@pytest.fixture
def lines(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Run a job whose handler breaks once, and return its id and the log lines."""
    # Loggers are kept by name, each with the stdout of its test.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.name)

    def run(**environment: str) -> tuple[str, list[dict[str, Any]]]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        observability.logger.cache_clear()
        world = World(
            job_types=[job_type("breaks", retry=RetryPolicy(max_attempts=1))], handlers={"breaks": breaks}
        )
        job_id = world.request("POST", "/v1/jobs", {"type": "breaks", "input": {"text": "Coat."}}).json[
            "job_id"
        ]
        capsys.readouterr()
        world.work()
        printed = capsys.readouterr().out.splitlines()
        return job_id, [json.loads(line) for line in printed if '"level"' in line]

    yield run
    observability.logger.cache_clear()


def test_an_exception_is_logged_with_its_causes_and_place_but_without_its_text(lines: Any) -> None:
    job_id, logged = lines()

    [line] = [each for each in logged if each["message"] == "handler raised"]
    assert (line["job_id"], line["org"], line["type"], line["attempt"]) == (job_id, "acme", "breaks", 1)
    assert (line["error"], line["causes"]) == ("ValueError", ["KeyError"])
    assert line["frames"][-1].endswith(" breaks")
    assert SECRET not in json.dumps(logged)


def test_the_whole_traceback_is_logged_where_it_is_allowed(lines: Any) -> None:
    _, logged = lines(LOG_EXCEPTIONS="true")

    [line] = [each for each in logged if each["message"] == "handler raised"]
    assert f"KeyError: '{SECRET}'" in line["traceback"]
    assert f"ValueError: {SECRET}" in line["traceback"]


def test_a_handler_s_line_names_the_job(lines: Any) -> None:
    job_id, logged = lines()

    [line] = [each for each in logged if each["message"] == "looking for a font"]
    assert (line["job_id"], line["org"], line["type"], line["attempt"]) == (job_id, "acme", "breaks", 1)
    assert (line["level"], line["details"]) == ("INFO", {"message": "Fraktur"})


def test_a_handler_s_line_below_the_level_is_not_written(lines: Any) -> None:
    _, logged = lines(LOG_LEVEL="WARNING")

    assert [each["message"] for each in logged] == ["handler raised"]
