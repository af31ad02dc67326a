"""`make delete` deletes everything that is stored for an org, and nothing of another one."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from claimcheck import __main__ as admin
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.files import file_key, file_token, upload_key
from claimcheck.domain.job import DAY, FlowKey
from claimcheck.domain.keys import ApiKey
from claimcheck.http.admission import hash_key, issue_key
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.testing import FrozenClock
from tests.compat.life import HOOK, LONG, Life, live
from tests.kit.cloud import moto_cloud
from tests.kit.deployment import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.cloud import Cloud

HELLO = {"type": "echo", "input": {"text": "hello"}}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with moto_cloud() as cloud:
        yield cloud


@pytest.fixture
def world(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Life:
    """Return a deployment with rows of every kind and jobs in every state, of two orgs."""
    world = Life(cloud)
    live(world)
    mine, other = (issue_key(world.keys, ApiKey(org=org, daily=100)) for org in ("acme", "acme-2"))
    world.engine.credits.add_credits("acme-2", 100, world.clock.now(), world.randomness.token())
    issue_secret(world.documents, "acme-2", world.clock.now())
    for key in (mine, other):
        _use_what_is_new(world, key)
    # The flow of a job type, for each org.
    for scope in ("@acme", "@acme-2"):
        world.engine.flow_store.set_due(FlowKey(scope, "echo"), None, world.clock.now())
    world.fate = ""
    for text in ("short", LONG):
        body = {"type": "echo", "input": {"text": text}}
        assert world.request("POST", "/v1/jobs", body, key=other, idempotency_key=text[:5]).status == 202
    world.work()
    monkeypatch.setattr(admin, "_engine", lambda stack: world.engine)
    return world


def _use_what_is_new(world: Life, key: str) -> None:
    """Leave rows of what the rows of former versions do not have."""

    def ask(method: str, path: str, body: Any) -> None:
        assert world.request(method, path, body, key=key).status in (200, 201, 202)

    ask("PUT", "/v1/callbacks/default", {"url": HOOK})
    ask("PUT", "/v1/flows/renderer", {"concurrency": 1})
    ask("POST", "/v1/jobs", HELLO | {"unique_key": "work", "run_at": rfc3339(world.clock.now() + DAY)})
    world.fate = "runs"
    for _ in range(2):
        ask("POST", "/v1/jobs", HELLO | {"flow": "renderer"})
        world.work()
    world.documents.put(world.keys.api_key(hash_key(key)).org, "listing", "en", "{}")


def kinds(items: list[Any]) -> set[tuple[str, str]]:
    return {(item["pk"]["S"].partition("#")[0], item["sk"]["S"].partition("#")[0]) for item in items}


def documented() -> set[tuple[str, str]]:
    """Return the kinds of rows in the table of docs/design.md."""
    table = (PROJECT / "docs/design.md").read_text().partition("## The table")[2].partition("\n## ")[0]
    rows = [row.split(" | ") for row in table.splitlines() if row.startswith("| ") and "`" in row]
    return {
        (kind, name)
        for _, pk, sk, content in rows
        for kind in set(re.findall("`([A-Z]+)#", pk))
        for name in (re.findall("`([A-Z]+)", sk)[0], *re.findall("`([A-Z]+)#…`", content))
    }


def run(*arguments: str) -> int:
    return admin.main(["delete", "--org", *arguments])


def test_nothing_of_the_org_is_left_and_all_of_the_other(
    world: Life, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {json.dumps(item) for item in cloud.items()}
    assert kinds(cloud.items()) == documented()

    code = run("acme", "--yes")

    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    left = cloud.items()
    rest = [item for item in left if not item["pk"]["S"].startswith("RATE#")]
    assert code == 0
    assert answer == {"org": "acme", "rows": len(before) - len(left), "objects": 3}
    assert {row for row in before if "acme-2" in row} <= {json.dumps(item) for item in left}
    assert {json.dumps(item) for item in left} <= before
    assert rest
    assert [
        item for item in rest if not {"acme-2", "poor"} & set(re.findall(r"[\w-]+", json.dumps(item)))
    ] == []
    assert names_of("RATE#", left) <= names_of("KEY#", left)
    assert names_of("RATE#", left)
    assert len(_objects(cloud)) == 1


def names_of(prefix: str, items: list[Any]) -> set[str]:
    keys = [item["pk"]["S"] for item in items]
    return {key.removeprefix(prefix) for key in keys if key.startswith(prefix)}


def test_a_repeat_finds_nothing_more(world: Life, capsys: pytest.CaptureFixture[str]) -> None:
    run("acme", "--yes")
    run("acme", "--yes")

    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (answer["rows"], answer["objects"]) == (0, 0)


def test_uploads_and_files_go_with_their_org(world: Life, cloud: Cloud) -> None:
    """More files than S3 lists at once."""
    files, [job] = world.engine.files, world.store.list_jobs("acme", None, 1).entries
    mine, other = upload_key("acme", job), upload_key("acme-2", job)
    for key in (mine, other):
        files.save(key, io.BytesIO(b"x"), 1, "text/plain", "a")
    many = [file_key("acme", job, file_token("secret", each)) for each in range(1001)]
    for key in many:
        # Without the SDK, which would take three seconds.
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(cloud.bucket_name, key, b"x")
    assert {mine, other, *many} <= _objects(cloud)

    run("acme", "--yes")

    left = _objects(cloud)
    assert not left & {mine, *many}
    assert other in left


def test_objects_go_with_their_org_even_if_their_jobs_have_expired(world: Life, cloud: Cloud) -> None:
    gone = [item for item in cloud.items() if item["sk"]["S"] == "JOB" and item["org"]["S"] == "acme"]
    for item in gone:
        cloud.dynamodb.delete_item(TableName=cloud.table_name, Key={"pk": item["pk"], "sk": item["sk"]})
    assert len(_objects(cloud)) == 4

    run("acme", "--yes")

    assert len(_objects(cloud)) == 1


def test_it_must_be_confirmed(world: Life, cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    before = len(cloud.items())

    code = run("acme")

    assert code == 2
    assert "--yes" in capsys.readouterr().err
    assert len(cloud.items()) == before


def test_a_key_expires_and_its_row_may_then_be_deleted(cloud: Cloud) -> None:
    world = Life(cloud)
    end = world.clock.now() + 60_000
    secret = issue_key(world.keys, ApiKey(org="acme", expires_at=end))

    before = world.request("GET", "/v1/jobs", key=secret).status
    world.clock.advance_to(end)
    after = world.request("GET", "/v1/jobs", key=secret)

    assert (before, after.status) == (200, 401)
    assert "expired" in after.json["detail"]
    row = next(item for item in cloud.items() if item["pk"]["S"] == f"KEY#{hash_key(secret)}")
    assert row["delete_at"] == {"N": str(end // 1000)}
    assert world.keys.api_key(hash_key(secret)).expires_at == end


def test_a_cached_key_expires_too() -> None:
    from claimcheck.http.admission import Authenticator
    from claimcheck.testing import MemoryKeyStore

    clock, keys = FrozenClock(), MemoryKeyStore()
    secret = issue_key(keys, ApiKey(org="acme", expires_at=clock.now() + 1000))
    authenticator = Authenticator(keys, clock)
    authenticator.authenticate(secret)
    clock.advance(1000)

    with pytest.raises(Exception, match="expired"):
        authenticator.authenticate(secret)


def _objects(cloud: Cloud) -> set[str]:
    """Return the keys of all objects."""
    from claimcheck.aws.calls import make_client

    pages = make_client("s3").get_paginator("list_objects_v2").paginate(Bucket=cloud.bucket_name)
    return {each["Key"] for page in pages for each in page.get("Contents", [])}
