"""`claimcheck upload` and `download`: files go up, and come down under their names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from typer.testing import CliRunner

from claimcheck_client._command.app import app
from claimcheck_client._command.session import Session
from clients.python.tests.kit import STORAGE, Pauses, Service, scripted
from clients.python.tests.test_files import JOB_TYPE, copy
from tests.kit.bucket import ServedFileStore
from tests.kit.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

TABLE = "item,price\ncoat,30\n"


@pytest.fixture
def session() -> Session:
    files = ServedFileStore()
    files.at = f"{STORAGE}/"
    service = Service(World({"copy": copy}, [JOB_TYPE], files=files))
    return Session(lambda: service.client)


def claimcheck(session: Session, *arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], obj=session, catch_exceptions=False)


def shown(session: Session, *arguments: object) -> Any:
    done = claimcheck(session, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def copied(session: Session, folder: Path, *names: str) -> str:
    """Upload a file, and return the id of a job that copies it to these names."""
    (folder / "table.csv").write_text(TABLE)
    upload = shown(session, "upload", folder / "table.csv")
    given = (f"file:={json.dumps(upload)}", f"names:={json.dumps(names)}")
    job = shown(session, "run", "copy", *given)
    return str(job["job_id"])


def test_a_file_goes_up_and_its_copies_come_down(session: Session, tmp_path: Path) -> None:
    job_id = copied(session, tmp_path, "a.csv", "50% off.csv")

    printed = claimcheck(session, "download", job_id, "--into", tmp_path).stdout.splitlines()

    assert printed == [str(tmp_path / "a.csv"), str(tmp_path / "50% off.csv")]
    assert {(tmp_path / name).read_text() for name in ("a.csv", "50% off.csv")} == {TABLE}


def test_the_id_of_an_upload_is_printed(session: Session, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE)

    done = claimcheck(session, "upload", tmp_path / "table.csv", "--content-type", "text/plain")

    assert (done.exit_code, len(done.stdout.strip())) == (0, 36)


def test_a_connection_that_cannot_be_made_is_no_fault_of_the_file(tmp_path: Path) -> None:
    def connect() -> Any:
        raise FileNotFoundError("the certificates")

    (tmp_path / "table.csv").write_text(TABLE)

    with pytest.raises(FileNotFoundError, match="the certificates"):
        claimcheck(Session(connect), "upload", tmp_path / "table.csv")


def test_a_file_is_uploaded_with_the_type_of_its_name(tmp_path: Path) -> None:
    asked: list[Any] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(422, json={"code": "invalid_fields"})

    for name in ("table.csv", "table"):
        (tmp_path / name).write_text(TABLE)
        claimcheck(Session(lambda: scripted(refuse, Pauses())), "upload", tmp_path / name)

    types = [each["content_type"] for each in asked]
    assert types == ["text/csv", "application/octet-stream"]


def test_no_file_is_replaced(session: Session, tmp_path: Path) -> None:
    job_id = copied(session, tmp_path, "table.csv")
    (tmp_path / "table.csv").write_text("mine")

    done = claimcheck(session, "download", job_id, "--into", tmp_path)

    assert done.exit_code == 2
    assert "table.csv cannot be written" in done.stderr
    assert (tmp_path / "table.csv").read_text() == "mine"


def test_a_download_that_fails_leaves_no_file(tmp_path: Path) -> None:
    file = {"name": "a.csv", "size": 1, "content_type": "text/csv", "url": "/v1/jobs/1/files/2/a.csv"}

    assert downloaded(file, tmp_path).exit_code == 3
    assert list(tmp_path.iterdir()) == []


def test_files_of_one_name_are_saved_apart(tmp_path: Path) -> None:
    names = ["page.png", "page.png", "page-2.png", "page.png"]
    files = [
        {"name": name, "size": 1, "content_type": "image/png", "url": f"/v1/jobs/1/files/{number}/a"}
        for number, name in enumerate(names)
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        number = request.url.path.split("/")[-2]
        if request.url.host == "bucket.example":
            return httpx.Response(200, content=number.encode())
        if number == "jobs":
            return httpx.Response(200, json=completed(files))
        return httpx.Response(303, headers={"location": f"https://bucket.example/{number}/a"})

    done = claimcheck(Session(lambda: scripted(answer, Pauses())), "download", "1", "--into", tmp_path)

    assert done.exit_code == 0, done.output
    saved = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert saved == {"page.png": "0", "page-3.png": "1", "page-2.png": "2", "page-4.png": "3"}


@pytest.mark.parametrize("name", ["..", ".", "", "../a", "/a", "a/b"])
def test_a_name_leads_to_no_other_folder(name: str, tmp_path: Path) -> None:
    file = {"name": name, "size": 1, "content_type": "text/csv", "url": "/v1/jobs/1/files/2/a"}

    done = downloaded(file, tmp_path)

    assert done.exit_code == 2
    assert "is not the name of a file" in done.stderr


def completed(files: list[dict[str, Any]]) -> dict[str, Any]:
    return {"job_id": "1", "type": "copy", "status": "completed", "ended_at": "", "result": {"file": files}}


def downloaded(file: dict[str, Any], folder: Path) -> Result:
    """Download a file, which is not there, of a job's result."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/jobs/1":
            return httpx.Response(200, json=completed([file]))
        return httpx.Response(404, json={"code": "file_not_found"})

    return claimcheck(Session(lambda: scripted(answer, Pauses())), "download", "1", "--into", folder)


def test_a_file_that_is_not_there_is_wrong_usage(session: Session, tmp_path: Path) -> None:
    done = claimcheck(session, "upload", tmp_path / "missing.csv")

    assert done.exit_code == 2
    assert "missing.csv cannot be read" in done.stderr
