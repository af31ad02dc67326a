"""What is generated is current, and the types are those of the API."""

from __future__ import annotations

import importlib.util
import tomllib
from typing import TYPE_CHECKING, Any, get_args

import pytest

import claimcheck_client
from claimcheck.authoring import FileRef
from claimcheck.canonical.flow_requests import FlowRate, PutFlow
from claimcheck.canonical.requests import SubmitJob
from claimcheck.canonical.schedule_requests import PutSchedule
from claimcheck.service.bulk import BulkFilter
from claimcheck_client import _documents as documents
from tests.kit.deployment import PROJECT
from tests.kit.installed import openapi_document

if TYPE_CHECKING:
    from pydantic import BaseModel

CLIENT = PROJECT / "clients/python"
PACKAGE = CLIENT / "src/claimcheck_client"


def test_the_client_without_async_is_current() -> None:
    spec = importlib.util.spec_from_file_location("make_sync", CLIENT / "make_sync.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    written = {path.name: path.read_text() for path in (PACKAGE / "_sync").glob("*.py")}

    assert written == {
        path.name: script.without_async(path.read_text()) for path in (PACKAGE / "_async").glob("*.py")
    }, "Run: python clients/python/make_sync.py"


def schemas() -> dict[str, Any]:
    found: dict[str, Any] = openapi_document()["components"]["schemas"]
    return found


def test_a_job_has_the_fields_of_the_api() -> None:
    kinds = [schemas()[name] for name in ("PendingJob", "ProcessingJob", "CompletedJob", "FailedJob")]
    always = set.intersection(*(set(kind["required"]) for kind in kinds))

    assert set(documents.JobDocument.__annotations__) == {
        name for kind in kinds for name in kind["properties"]
    }
    assert documents.JobDocument.__required_keys__ == always
    assert set(get_args(documents.Status)) == {"pending", "processing", "completed", "failed"}


DOCUMENTS = ["Execution", "Delivery", "Schedule", "Progress", "Callback", "JobError", "Waiting"]
DOCUMENTS += ["Flow", "FlowUsage", "FlowRate", "DefaultCallback", "ScheduleAndRuns", "Movement"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_the_fields_of_the_api(name: str) -> None:
    assert set(getattr(documents, name).__annotations__) == set(schemas()[name]["properties"])


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({*documents.NewJob.__annotations__}, SubmitJob),
        ({*documents.ScheduleOptions.__annotations__, "type", "input"}, PutSchedule),
        ({*documents.FlowOptions.__annotations__}, PutFlow),
        ({*documents.FlowRate.__annotations__}, FlowRate),
        ({*documents.FileRef.__annotations__}, FileRef),
        ({*documents.JobFilter.__annotations__}, BulkFilter),
    ],
)
def test_every_field_of_a_request_can_be_given(given: set[str], body: type[BaseModel]) -> None:
    assert given == set(body.model_fields)


def test_every_filter_of_the_list_can_be_given() -> None:
    listed = openapi_document()["paths"]["/v1/jobs"]["get"]["parameters"]

    assert {each["name"] for each in listed} - {"limit", "cursor", "ids"} == {
        *documents.JobFilter.__annotations__
    }


def test_it_has_the_version_of_the_service() -> None:
    service, console = (
        tomllib.loads((folder / "pyproject.toml").read_text())["project"]["version"]
        for folder in (PROJECT, PROJECT / "console")
    )

    assert claimcheck_client.__version__ == console == service
