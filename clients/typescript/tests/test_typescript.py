"""The TypeScript client, by Node's own test runner: alone, against the whole service, and in a page."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager, nullcontext
from functools import partial
from http.server import SimpleHTTPRequestHandler
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring import Fail, File, FileRef, JobModel
from claimcheck.http.server import Api
from claimcheck.service import bulk
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.testing import MemoryObjectStore
from clients.typescript.make_types import WRITTEN, make_types
from clients.typescript.tests.package import BUILD, build, run
from tests.kit.browser import chromium
from tests.kit.bucket import bucket
from tests.kit.http_world import served
from tests.kit.serving import Quiet, serve
from tests.kit.upstream import Upstream, reply
from tests.kit.world import Echo, Words, World, echo, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck.authoring.context import JobContext

PAGE = """
async ([url, key]) => {
    const { Claimcheck, verifyWebhook } = await import("/src/index.js")
    const client = new Claimcheck({ url, key, repeatSeconds: 0, fetch: window.fetch })
    const small = await client.run("echo", { text: "ab" }, { timeoutSeconds: 30 })
    const large = await client.run("echo", { text: "0123456789", times: 40000 })
    const refused = await client.submit("echo", {}).catch(error => error.code)
    const file = await client.upload(new Blob(["a,b"], { type: "text/csv" }))
    const copy = await client.run("copy", { file })
    const copied = await (await client.download(copy.file)).text()
    const forged = await verifyWebhook("{}", {}, "whsec_AAAA").catch(error => error.name)
    return [small, large.text.length, refused, copied, forged]
}
"""
STRANGER = """
async ([url, key]) => {
    const { Claimcheck } = await import("/src/index.js")
    const client = new Claimcheck({ url, key, repeatSeconds: 0 })
    return client.run("echo", { text: "ab" }).catch(error => error.name)
}
"""


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    build()


class Url(JobModel):
    url: str


class Given(JobModel):
    file: File
    name: str = "a.csv"


class Copy(JobModel):
    file: FileRef


class Storage(MemoryObjectStore):
    """Its signed URLs lead to a server of its own."""

    def __init__(self, server: Upstream) -> None:
        super().__init__()
        self.server = server

    def url(self, key: str) -> str:
        headers = {"Access-Control-Allow-Origin": "*"}
        return self.server.at(f"/{key}", reply(200, self.get(key).encode(), headers))


def fail(given: Words, job: JobContext) -> Echo:
    raise Fail("out_of_paper", "The printer is empty.")


def show(given: Words, job: JobContext) -> Url:
    return Url(url=given.text)


def copy(given: Given, job: JobContext) -> Copy:
    with job.open(given.file) as file:
        return Copy(file=job.save(given.name, file, "text/csv"))


def service(**parts: Any) -> World:
    """Return a world whose workers run in the server's thread, where no signal can stop a handler."""
    job_types = [job_type(name, typical=1) for name in ("echo", "fail")]
    job_types += [
        job_type("url", typical=1, result=Url),
        job_type("copy", typical=1, input=Given, result=Copy),
    ]
    return World(
        job_types=[*job_types, bulk.JOB_TYPE],
        handlers={"echo": echo, "fail": fail, "url": show, "copy": copy},
        timer=lambda duration: nullcontext(),
        **parts,
    )


def test_the_types_are_those_of_the_api() -> None:
    assert WRITTEN.read_text() == make_types(), "Run: python clients/typescript/make_types.py"


def test_nodes_tests_pass() -> None:
    done = run("npm", "test", "--ignore-scripts")  # without what comes before: it is built

    assert done.returncode == 0, done.stdout + done.stderr
    assert "# skipped 0" in done.stdout


def test_it_keeps_its_promises_against_the_whole_service() -> None:
    with Upstream() as server, bucket() as files:
        world = service(objects=Storage(server), files=files)
        other = world.key("globex", limit=100_000)
        issue_secret(world.documents, "acme", world.clock.now())
        for each in range(101):  # two pages of movements
            world.engine.credits.add_credits("acme", 10, world.clock.now() + each, f"token-{each}")

        def work() -> None:
            world.clock.advance(1)  # no two jobs are of the same time
            world.work()

        with served(world, after_each=work) as url:
            environ = {
                "CLAIMCHECK_URL": url,
                "CLAIMCHECK_KEY": world.acme,
                "CLAIMCHECK_OTHER_KEY": other,
            }
            done = run("node", "--test", "build/tests/service.js", **environ)

    assert done.returncode == 0, done.stdout
    # The key goes to the API alone.
    [download] = server.requests
    assert world.acme not in str(download.headers)


@pytest.mark.parametrize("at_once", [1, 4])
@pytest.mark.parametrize("runs", [100, pytest.param(500, marks=pytest.mark.soak)])
def test_each_run_is_one_job_though_every_second_answer_is_dropped(runs: int, at_once: int) -> None:
    handled = Counter[str]()

    def count(given: Words, job: JobContext) -> Echo:
        handled[given.text] += 1
        return Echo(text=given.text)

    world = service()
    world.handlers["echo"] = count
    dropping = cycle([True, False])

    def drop() -> bool:
        world.work()
        return next(dropping)

    with served(world, drop=drop) as url:
        environ = {"CLAIMCHECK_URL": url, "CLAIMCHECK_KEY": world.acme}
        done = run("node", "build/tests/dropped_answers.js", RUNS=str(runs), AT_ONCE=str(at_once), **environ)

    assert done.returncode == 0, done.stderr
    assert Counter(json.loads(done.stdout)) == handled == Counter(map(str, range(runs)))
    assert len(world.store.all_jobs()) == runs


@contextmanager
def page_server() -> Iterator[str]:
    """Yield the origin of the built package on a port of this machine."""

    class Files(Quiet, SimpleHTTPRequestHandler):
        """Requests for these files."""

    with serve(partial(Files, directory=str(BUILD))) as url:
        yield url


@pytest.mark.parametrize("allowed", [True, False])
def test_a_page_of_an_allowed_origin_uses_it_in_chromium_and_no_other_page_does(allowed: bool) -> None:
    with Upstream() as storage, bucket() as files, page_server() as origin, chromium() as browser:
        world = service(objects=Storage(storage), files=files)
        world.api = Api(
            world.engine, world.dialects, origins=[origin] if allowed else ["https://app.example"]
        )
        with served(world, after_each=world.work) as url:
            page = browser.new_page()
            page.goto(f"{origin}/src/")
            found = page.evaluate(PAGE if allowed else STRANGER, [url, world.acme])

    if allowed:
        assert found == [{"text": "ab"}, 400_000, "invalid_fields", "a,b", "InvalidSignature"]
        assert all(world.acme not in str(download.headers) for download in storage.requests)
    else:
        assert found == "NoAnswer"
        assert world.store.all_jobs() == []
