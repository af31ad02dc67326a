"""Files go up to the deployed bucket and down from it as their signed URLs allow, and no other way."""

import os
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from claimcheck.aws.s3_files import TAG, UNUSED, USED
from claimcheck.domain.clock import SystemClock, uuid7
from claimcheck.domain.files import UPLOAD_LIFE, upload_key
from claimcheck.domain.job import MINUTE
from local.stack import Stack
from tests.kit.client import Client
from tests.kit.deployed_stack import saved_paths

TEXT = b"item,price\ncoat,30\n"
NAMES = ["a", "50% off.csv", "Größe 你好 🧥.csv", "a?b#c;d&e=f+g", "x" * 255, "🧥" * 255]


@pytest.fixture(scope="module")
def globex(client_of: Callable[..., Client]) -> Client:
    return client_of("globex")


def asked(client: Client, content: bytes = TEXT) -> dict[str, Any]:
    answer = client.http.post("/v1/uploads", json={"content_type": "text/csv", "size": len(content)})
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    return request


def put(request: dict[str, Any], content: bytes, **headers: str) -> int:
    """Send a file as httpx does it: with the length that it really has."""
    sent = request["headers"] | {"Content-Length": str(len(content))} | headers
    return httpx.put(request["url"], headers=sent, content=content, trust_env=False).status_code


def uploaded(client: Client, content: bytes = TEXT) -> dict[str, str]:
    request = asked(client, content)
    assert put(request, content) == 200
    return {"upload_id": request["upload_id"]}


def tags(deployed: Stack, org: str, upload_id: str) -> dict[str, str]:
    s3 = deployed.endpoint.client("s3")
    key = upload_key(org, upload_id)
    found = s3.get_object_tagging(Bucket=deployed.outputs["BucketName"], Key=key)["TagSet"]
    return {each["Key"]: each["Value"] for each in found}


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (TEXT[:-1], {}),
        (TEXT + b"x", {}),
        (b"", {}),
        (TEXT, {"Content-Type": "text/html"}),
        (TEXT, {"If-None-Match": '"other"'}),
        (TEXT, {"x-amz-tagging": f"{TAG}={USED}"}),
    ],
)
def test_the_bucket_takes_only_what_was_announced(
    acme: Client, content: bytes, headers: dict[str, str]
) -> None:
    request = asked(acme)

    assert put(request, content, **headers) == 403

    refused = acme.post("copy_file", {"file": {"upload_id": request["upload_id"]}, "names": []})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/input/file"


def test_the_bucket_takes_an_upload_once(acme: Client) -> None:
    request = asked(acme)

    assert [put(request, TEXT), put(request, TEXT)] == [200, 412]


def test_no_other_org_submits_an_upload(acme: Client, globex: Client) -> None:
    refused = globex.post("copy_file", {"file": uploaded(acme), "names": []})

    assert refused.status_code == 422


def test_an_upload_of_more_than_twelve_hours_ago_is_too_old(acme: Client, deployed: Stack) -> None:
    old, young = (uuid7(SystemClock().now() - UPLOAD_LIFE + ahead, 1) for ahead in (-MINUTE, MINUTE))
    for upload_id in (old, young):
        deployed.endpoint.client("s3").put_object(
            Bucket=deployed.outputs["BucketName"], Key=upload_key("acme", upload_id), Body=TEXT
        )

    refused = acme.post("copy_file", {"file": {"upload_id": old}, "names": []})

    assert refused.status_code == 422
    assert "12 hours" in refused.json()["errors"][0]["message"]
    assert acme.post("copy_file", {"file": {"upload_id": young}, "names": []}).status_code == 202


def test_two_files_of_one_name_are_two_files(acme: Client) -> None:
    job_id = acme.submit("copy_file", {"file": uploaded(acme), "names": ["same", "same"]})

    files = acme.ended(job_id, within=60)["result"]["files"]

    assert len({each["url"] for each in files}) == 2
    assert [acme.download(each["url"]).content for each in files] == [TEXT, TEXT]


def test_a_submission_keeps_its_upload(acme: Client, deployed: Stack) -> None:
    file = uploaded(acme)
    before = tags(deployed, "acme", file["upload_id"])
    acme.submit("copy_file", {"file": file, "names": []})

    assert before == {TAG: UNUSED}
    assert tags(deployed, "acme", file["upload_id"]) == {TAG: USED}


def test_files_of_every_name_come_back(acme: Client, globex: Client) -> None:
    content = os.urandom(2_000_000)
    job_id = acme.submit("copy_file", {"file": uploaded(acme, content), "names": NAMES})

    files = acme.ended(job_id, within=60)["result"]["files"]

    found = [acme.download(each["url"]) for each in files]
    assert [each["name"] for each in files] == NAMES
    assert [each.content == content for each in found] == [True] * len(NAMES)
    assert all(each.headers["content-disposition"].startswith("attachment; ") for each in found)
    assert {globex.http.get(each["url"]).status_code for each in files} == {404}


@pytest.mark.parametrize(("then", "code"), [("fail", "no"), ("invent", "invalid_result")])
def test_files_of_a_job_that_fails_reach_nobody(acme: Client, deployed: Stack, then: str, code: str) -> None:
    job_id = acme.submit("careless", {"then": then})

    job = acme.ended(job_id, within=60)

    paths = saved_paths(deployed, "acme", job_id)
    assert (job["status"], job["error"]["code"]) == ("failed", code)
    assert [acme.http.get(path).status_code for path in paths] == [404]
