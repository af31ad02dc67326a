"""The how-to on files, executed: a file goes up, and the result's file comes down."""

from __future__ import annotations

import json
import os
import re
import subprocess
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from claimcheck.authoring.files import INLINE_LIMIT
from claimcheck.domain.files import FILES_LIMIT, UPLOAD_LIFE, UPLOADS_LIMIT
from claimcheck.domain.job import HOUR
from claimcheck.installed import find_handler, load_catalog
from tests.kit.added_app import needs_job_types
from tests.kit.bucket import bucket
from tests.kit.deployment import PROJECT
from tests.kit.http_world import served
from tests.kit.pages import needs_curl
from tests.kit.world import World
from tests.project.copies import make_copy
from tests.project.test_howto_pages import blocks, follow

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.kit.bucket import ServedFileStore

PAGE = (PROJECT / "docs/howto/files.md").read_text()
ASKED, SUBMITTED, DOWNLOADED = blocks(PAGE, "sh")
UPLOAD, RESULT = map(json.loads, blocks(PAGE, "json"))
TABLE = b"item,price\ncoat,30\nhat,12.5\n"


def run(command: str, folder: Path, **own: str) -> str:
    script = ["bash", "-euc", command]
    done = subprocess.run(
        script, cwd=folder, env=os.environ | own, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def made_with(files: ServedFileStore) -> World:
    handler = find_handler("table_report")
    assert handler is not None
    # The requests are served by a thread, in which no signal arrives.
    return World({"table_report": handler}, [*load_catalog()], files=files, timer=lambda _: nullcontext())


@needs_curl
@needs_job_types("table_report")
def test_a_file_goes_up_and_comes_down_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    page: dict[str, Any] = {}
    exec(blocks(PAGE, "python")[0], page)
    (tmp_path / "table.csv").write_bytes(TABLE)
    with bucket() as files:
        world = made_with(files)
        with served(world, world.work) as url:
            asked = json.loads(run(ASKED, tmp_path, URL=url, KEY=world.acme))
            upload_id = page["upload"](url, world.acme, str(tmp_path / "table.csv"), "text/csv")
            job = json.loads(run(SUBMITTED, tmp_path, URL=url, KEY=world.acme, UPLOAD_ID=upload_id))
            result = world.request("GET", f"/v1/jobs/{job['job_id']}").json["result"]
            run(DOWNLOADED, tmp_path, URL=url, KEY=world.acme, REPORT_URL=result["report"]["url"])

    assert {**asked, "url": "https://…"}.keys() == UPLOAD.keys()
    assert asked["headers"].items() <= UPLOAD["headers"].items()
    assert {name: UPLOAD[name] for name in ("method", "expires_at")} == {
        name: asked[name] for name in ("method", "expires_at")
    }
    shown = RESULT["report"].pop("url")
    given = result["report"].pop("url")
    assert result == RESULT
    assert re.fullmatch(r"/v1/jobs/[\w-]{36}/files/\w+…/report.csv", shown)
    assert re.fullmatch(r"/v1/jobs/[\w-]{36}/files/\w+/report.csv", given)
    [report] = [path for path in tmp_path.iterdir() if path.name != "table.csv"]
    assert report.read_text().splitlines()[1:] == ["item,2,0,,,,", "price,2,2,12.5,30.0,42.5,21.25"]


def test_a_job_type_with_files_is_added_as_the_page_says(tmp_path: Path) -> None:
    copy = make_copy(tmp_path)

    changes = follow(copy, PAGE, "billing")

    assert {path.split("/")[1] for path in changes} == {"billing"}
    copy.lint("apps/billing")
    assert "3 passed" in copy.test("apps/billing")


def test_the_pages_limits_are_the_real_ones() -> None:
    assert f"{INLINE_LIMIT:,} bytes" in PAGE
    assert f"at most {UPLOADS_LIMIT} uploads" in PAGE
    assert f"at most {FILES_LIMIT:,} files" in PAGE
    assert f"for {UPLOAD_LIFE // HOUR} hours" in PAGE
