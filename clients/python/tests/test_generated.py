"""What is generated is current, and the types are those of the API."""

from __future__ import annotations

import importlib.util
import tomllib
from typing import TYPE_CHECKING, get_args

import pytest

import claimcheck_client
from claimcheck.canonical.requests import SubmitJob
from claimcheck.canonical.schedule_requests import PutSchedule
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


SCHEMAS = openapi_document()["components"]["schemas"]


def test_a_job_has_the_fields_of_the_api() -> None:
    kinds = [SCHEMAS[name] for name in ("PendingJob", "ProcessingJob", "CompletedJob", "FailedJob")]
    always = set.intersection(*(set(kind["required"]) for kind in kinds))

    assert set(documents.JobDocument.__annotations__) == {
        name for kind in kinds for name in kind["properties"]
    }
    assert documents.JobDocument.__required_keys__ == always
    assert set(get_args(documents.Status)) == {"pending", "processing", "completed", "failed"}


@pytest.mark.parametrize("name", ["Execution", "Delivery", "Schedule", "Progress", "Callback", "JobError"])
def test_a_document_has_the_fields_of_the_api(name: str) -> None:
    assert set(getattr(documents, name).__annotations__) == set(SCHEMAS[name]["properties"])


@pytest.mark.parametrize(
    ("options", "body"), [(documents.NewJob, SubmitJob), (documents.ScheduleOptions, PutSchedule)]
)
def test_every_field_of_a_request_can_be_given(options: type, body: type[BaseModel]) -> None:
    assert set(options.__annotations__) | {"type", "input"} == set(body.model_fields)


def test_it_has_the_version_of_the_service() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]

    assert claimcheck_client.__version__ == project["version"]
