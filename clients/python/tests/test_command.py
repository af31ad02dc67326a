"""`claimcheck`, the command: what it prints, and how it ends."""

from __future__ import annotations

import json
import stat
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from claimcheck.authoring import Fail
from claimcheck_client._command.app import app
from claimcheck_client._command.output import printable
from claimcheck_client._command.session import Session, profile, store_profile
from claimcheck_client._documents import NewJob, ScheduleOptions
from clients.python.tests.kit import URL, Pauses, Service, SignedObjectStore, scripted
from tests.kit.http_world import served
from tests.kit.world import Echo, Words, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typer.testing import Result

    from claimcheck.authoring.context import JobContext

LATER = "2026-06-22T12:00:00Z"


def echo(given: Words, job: JobContext) -> Echo:
    if given.text == "fail":
        raise Fail("out_of_paper", "The printer \x1b[31mis empty.")
    return Echo(text=given.text * given.times)


@pytest.fixture
def service() -> Service:
    return Service(World(handlers={"echo": echo}, objects=SignedObjectStore()))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees this machine's profile or variables."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("CLAIMCHECK_URL", raising=False)
    monkeypatch.delenv("CLAIMCHECK_KEY", raising=False)


def claimcheck(service: Service, *arguments: str, typed: str | None = None) -> Result:
    def now() -> datetime:
        return datetime.fromtimestamp(service.world.clock.now() / 1000, UTC)

    session = Session(lambda: service.client, now)
    return CliRunner().invoke(app, list(arguments), obj=session, input=typed, catch_exceptions=False)


def shown(service: Service, *arguments: str) -> Any:
    """Return the JSON that a command prints."""
    done = claimcheck(service, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_run_prints_the_result(service: Service) -> None:
    done = claimcheck(service, "run", "echo", "text=ab", "times:=2")

    assert (done.exit_code, json.loads(done.stdout)) == (0, {"text": "abab"})


@pytest.mark.parametrize(
    "arguments",
    [
        ["--input", "{folder}/input.json"],
        ["--input", "@{folder}/input.json"],
        ["--input", "-"],
        ["--input", "{folder}/input.json", "times:=2"],
        ["--input", "text=ab", "--input", "times:=2"],
        ["text=@{folder}/text.txt", "times:=2"],
    ],
)
def test_an_input_comes_from_files_and_fields(arguments: list[str], service: Service, tmp_path: Path) -> None:
    text = json.dumps({"text": "ab", "times": 2})
    (tmp_path / "input.json").write_text(text)
    (tmp_path / "text.txt").write_text("ab")
    given = [each.format(folder=tmp_path) for each in arguments]

    done = claimcheck(service, "run", "echo", *given, typed=text)

    assert (done.exit_code, json.loads(done.stdout)) == (0, {"text": "abab"})


def test_text_stays_text(service: Service) -> None:
    done = claimcheck(service, "run", "echo", "text=true")

    assert json.loads(done.stdout) == {"text": "true"}


def test_a_large_result_is_printed_as_a_whole(service: Service) -> None:
    done = claimcheck(service, "run", "echo", "text=0123456789", "times:=40000")

    assert len(json.loads(done.stdout)["text"]) == 400_000


def test_a_failed_job_is_exit_1(service: Service) -> None:
    done = claimcheck(service, "run", "echo", "text=fail")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "failed with out_of_paper: The printer \\u001b[31mis empty." in done.stderr


def test_a_failed_job_has_its_json_too(service: Service) -> None:
    done = claimcheck(service, "run", "echo", "text=fail", "--json")

    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "out_of_paper"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["run", "echo", "no-such-file"], "no-such-file cannot be read"),
        (["run", "echo", "times:=two"], "times must be JSON"),
        (["run", "echo", "--metadata", "order"], "order must be name=text"),
        (["jobs", "--since", "yesterday"], "yesterday must be a number and s, m, h or d"),
        (["jobs", "--limit", "0"], "limit"),
        (["run"], "TYPE"),
    ],
)
def test_wrong_usage_is_exit_2(arguments: list[str], reason: str, service: Service) -> None:
    done = claimcheck(service, *arguments)

    assert (done.exit_code, done.stdout) == (2, "")
    assert reason in done.stderr


def test_a_refused_request_is_exit_3_and_names_each_field(service: Service) -> None:
    done = claimcheck(service, "run", "echo", "times:=2")

    assert done.exit_code == 3
    assert "422 invalid_fields" in done.stderr
    assert "/input/text" in done.stderr


@pytest.mark.parametrize("answer", [None, httpx.Response(503), httpx.Response(500), httpx.Response(429)])
def test_no_answer_is_exit_4(answer: httpx.Response | None) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if answer is None:
            raise httpx.ConnectError("refused")
        return answer

    done = CliRunner().invoke(app, ["jobs"], obj=Session(lambda: scripted(respond, Pauses())))

    assert done.exit_code == 4


def test_a_timeout_is_exit_5_and_names_the_job(service: Service) -> None:
    done = claimcheck(service, "run", "echo", "text=a", "--run-at", LATER, "--timeout", "60")

    [job] = shown(service, "jobs")
    assert done.exit_code == 5
    assert job["job_id"] in done.stderr


def test_submit_prints_the_id_and_does_not_wait(service: Service) -> None:
    job_id = claimcheck(service, "submit", "echo", "text=ab", "--metadata", "order=7").stdout.strip()

    assert shown(service, "job", job_id)["job"]["metadata"] == {"order": "7"}
    assert shown(service, "run", "echo", "text=ab", "--no-wait")["status"] == "pending"
    assert json.loads(claimcheck(service, "result", job_id).stdout) == {"text": "ab"}


def test_the_same_key_submits_once(service: Service) -> None:
    first, second = (
        claimcheck(service, "submit", "echo", "text=ab", "--idempotency-key", "order-7") for _ in range(2)
    )

    assert first.stdout == second.stdout


@pytest.mark.parametrize("command", [["submit"], ["run", "--no-wait"]])
def test_a_submission_takes_every_option(command: list[str], service: Service) -> None:
    shown(service, "flows", "put", "renderer")
    options = {
        "run_at": "2026-06-22T12:00:00.000Z",
        "start_by": "2026-06-22T12:30:00.000Z",
        "deadline": "2026-06-22T13:00:00.000Z",
        "unique_key": "report",
        "flow": "renderer",
    }
    given = [text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", value)]
    job = shown(service, *command, "echo", "text=ab", *given, "--retention-seconds", "60")
    cancelled = shown(service, "cancel", job["job_id"])

    assert {name: job[name] for name in options} == options
    life = datetime.fromisoformat(cancelled["expires_at"]) - datetime.fromisoformat(cancelled["ended_at"])
    assert life.total_seconds() == 60


def test_a_duplicate_returns_the_existing_job(service: Service) -> None:
    given = ("echo", "text=ab", "--unique-key", "report", "--run-at", LATER)

    first = shown(service, "submit", *given)

    assert shown(service, "submit", *given, "--on-duplicate", "existing")["job_id"] == first["job_id"]
    assert claimcheck(service, "submit", *given).exit_code == 3


def test_jobs_are_filtered(service: Service) -> None:
    claimcheck(service, "run", "echo", "text=fail")
    service.world.advance(5_400_000)
    claimcheck(service, "run", "echo", "text=fail")
    claimcheck(service, "run", "echo", "text=ab")

    assert [each["status"] for each in shown(service, "jobs")] == ["completed", "failed", "failed"]
    assert len(shown(service, "jobs", "--failed")) == 2
    assert len(shown(service, "jobs", "--failed", "--since", "1h")) == 1
    assert len(shown(service, "jobs", "--limit", "1")) == 1
    assert shown(service, "jobs", "--type", "other") == []
    assert len(shown(service, "jobs", "--error-code", "out_of_paper")) == 2
    assert shown(service, "jobs", "--metadata", "order=7") == []
    assert "out_of_paper: The printer" in claimcheck(service, "jobs", "--failed").stdout


def test_a_job_has_a_timeline(service: Service) -> None:
    job_id = claimcheck(service, "submit", "echo", "text=fail", "--run-at", LATER).stdout.strip()
    service.world.advance(94_000_000)

    lines = claimcheck(service, "job", job_id).stdout.splitlines()

    assert lines[0] == f"{job_id}  echo  failed"
    events = [" ".join(line.split()[2:]) for line in lines[2:]]
    assert [event.split("attempt")[0].strip() for event in events[:3]] == [
        "submitted",
        "planned start",
        "execution 1",
    ]
    assert events[3] == "failed out_of_paper: The printer \\u001b[31mis empty."
    assert events[4:] == ["expires"]


def test_watch_ends_with_the_job(service: Service) -> None:
    completed = claimcheck(service, "submit", "echo", "text=ab").stdout.strip()
    failed = claimcheck(service, "submit", "echo", "text=fail").stdout.strip()

    good, bad = claimcheck(service, "watch", completed), claimcheck(service, "watch", failed)

    assert (good.exit_code, good.stdout) == (0, f"{completed}  echo  completed\n")
    assert (bad.exit_code, bad.stdout) == (1, f"{failed}  echo  failed\n")


def test_a_failed_job_is_retried(service: Service) -> None:
    failed = claimcheck(service, "submit", "echo", "text=fail").stdout.strip()
    claimcheck(service, "watch", failed)

    new = claimcheck(service, "retry", failed).stdout.strip()

    assert shown(service, "job", new)["job"]["retry_of"] == failed


def test_a_job_is_cancelled(service: Service) -> None:
    job_id = claimcheck(service, "submit", "echo", "text=ab", "--run-at", LATER).stdout.strip()

    assert shown(service, "cancel", job_id)["error"]["code"] == "cancelled"


def test_schedules_are_managed(service: Service) -> None:
    put = ("schedules", "put", "hourly", "echo", "text=ab")
    stored = shown(service, *put, "--cron", "0 * * * *", "--timezone", "Europe/Vienna", "--metadata", "a=b")

    assert (stored["cron"], stored["timezone"], stored["metadata"]) == (
        "0 * * * *",
        "Europe/Vienna",
        {"a": "b"},
    )
    assert shown(service, "schedules", "list") == [stored]
    assert stored.items() <= shown(service, "schedules", "get", "hourly").items()
    assert shown(service, "schedules", "pause", "hourly")["paused"]
    assert "paused" in claimcheck(service, "schedules", "list").stdout
    assert not shown(service, "schedules", "resume", "hourly")["paused"]
    job = shown(service, "schedules", "run", "hourly")
    assert [each["job_id"] for each in shown(service, "schedules", "jobs", "hourly")] == [job["job_id"]]
    assert shown(service, "schedules", "delete", "hourly") == {"name": "hourly", "deleted": True}
    assert claimcheck(service, "schedules", "delete", "hourly").exit_code == 3


def test_a_schedule_takes_every_option(service: Service) -> None:
    shown(service, "flows", "put", "renderer")
    options = {
        "rate": "1 hour",
        "missed": "run_once",
        "overlap": "skip",
        "start_by_seconds": 60,
        "deadline_seconds": 120,
        "retention_seconds": 180,
        "flow": "renderer",
    }
    given = [text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", str(value))]

    stored = shown(service, "schedules", "put", "hourly", "echo", "text=ab", *given, "--paused")

    assert {name: stored[name] for name in options} == options
    assert stored["paused"]


def test_flows_are_managed(service: Service) -> None:
    limits = "--concurrency 3 --starts 5 --per-seconds 2 --burst 9 --max-waiting 7"
    stored = shown(service, "flows", "put", "renderer", *limits.split())

    assert stored["rate"] == {"starts": 5, "per_seconds": 2, "burst": 9}
    assert (stored["concurrency"], stored["max_waiting"], stored["paused"]) == (3, 7, False)
    assert shown(service, "flows", "list") == [stored]
    assert shown(service, "flows", "pause", "renderer")["paused"]
    job = shown(service, "submit", "echo", "text=ab", "--flow", "renderer")
    service.world.advance(1_000)
    assert shown(service, "flows", "get", "renderer")["waiting"] == 1
    assert [each["job_id"] for each in shown(service, "jobs", "--flow", "renderer")] == [job["job_id"]]
    table = claimcheck(service, "flows", "get", "renderer").stdout.splitlines()
    assert table[1].split() == ["renderer", "3", "5", "in", "2", "s", "7", "paused", "0", "1"]
    assert claimcheck(service, "flows", "delete", "renderer").exit_code == 3
    assert not shown(service, "flows", "resume", "renderer")["paused"]
    service.world.advance(1_000)
    assert shown(service, "flows", "delete", "renderer") == {"name": "renderer", "deleted": True}
    assert claimcheck(service, "flows", "delete", "renderer").exit_code == 3


@pytest.mark.parametrize("option", ["--burst", "--per-seconds"])
def test_a_part_of_a_rate_needs_its_starts(service: Service, option: str) -> None:
    done = claimcheck(service, "flows", "put", "renderer", option, "9")

    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{option} needs --starts" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("run echo text:=NaN", "text must be JSON: it has no NaN"),
        ("run echo text=a --idempotency-key ü", "1 to 255 printable ASCII characters"),
        ("jobs --since 99999999999d", "99999999999d must be at most 3650d"),
    ],
)
def test_a_wrong_value_is_named(service: Service, arguments: str, message: str) -> None:
    done = claimcheck(service, *arguments.split())

    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.parametrize("url", ["http://", "http://127.0.0.1:abc", "http://a b", "ftp://a"])
def test_a_wrong_url_is_wrong_usage(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMCHECK_URL", url)
    monkeypatch.setenv("CLAIMCHECK_KEY", "k")

    done = CliRunner().invoke(app, ["jobs"])

    assert (done.exit_code, done.stdout) == (2, "")
    assert "url " in done.stderr


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}"])
def test_a_profile_that_cannot_be_read_is_named(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLAIMCHECK_URL", "CLAIMCHECK_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "claimcheck").mkdir()
    (tmp_path / "claimcheck" / "profile.json").write_text(text)

    done = CliRunner().invoke(app, ["jobs"])

    assert (done.exit_code, done.stdout) == (2, "")
    assert "profile.json cannot be read: run `claimcheck login` again" in done.stderr


def test_login_keeps_a_key_that_works_for_its_owner_only(service: Service) -> None:
    with served(service.world) as url:
        done = CliRunner().invoke(app, ["login", "--url", url], input=f"{service.world.acme}\n")
        listed = CliRunner().invoke(app, ["jobs", "--json"])

    assert (done.exit_code, listed.exit_code, json.loads(listed.stdout)) == (0, 0, [])
    assert service.world.acme not in done.output
    assert stat.S_IMODE(profile().stat().st_mode) == 0o600


def test_login_replaces_a_file_that_others_can_read() -> None:
    profile().parent.mkdir()
    profile().touch(0o644)

    store_profile("https://claimcheck.example", "key")

    assert stat.S_IMODE(profile().stat().st_mode) == 0o600
    assert [each.name for each in profile().parent.iterdir()] == ["profile.json"]


def test_login_says_where_it_cannot_write(service: Service) -> None:
    profile().mkdir(parents=True)

    with served(service.world) as url:
        done = CliRunner().invoke(app, ["login", "--url", url], input=f"{service.world.acme}\n")

    assert done.exit_code == 2
    assert f"{profile()} cannot be written: Is a directory." in done.stderr
    assert [each.name for each in profile().parent.iterdir()] == ["profile.json"]


def test_login_keeps_no_key_that_does_not_work(service: Service) -> None:
    with served(service.world) as url:
        done = CliRunner().invoke(app, ["login", "--url", url], input="cck_live_wrong\n")

    assert done.exit_code == 3
    assert "unauthenticated" in done.stderr
    assert not profile().exists()


def test_variables_replace_the_profile(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    store_profile("https://claimcheck.example", "key")
    with served(service.world) as url:
        monkeypatch.setenv("CLAIMCHECK_URL", url)
        monkeypatch.setenv("CLAIMCHECK_KEY", service.world.acme)
        done = CliRunner().invoke(app, ["jobs", "--json"])

    assert (done.exit_code, done.stdout) == (0, "[]\n")


def test_a_profiles_key_is_never_sent_to_another_url(monkeypatch: pytest.MonkeyPatch) -> None:
    store_profile("https://claimcheck.example", "key")
    monkeypatch.setenv("CLAIMCHECK_URL", "https://other.example")

    done = CliRunner().invoke(app, ["jobs"])

    assert done.exit_code == 2
    assert "Set both CLAIMCHECK_URL and CLAIMCHECK_KEY" in done.stderr


def test_without_a_login_the_command_says_what_to_do() -> None:
    done = CliRunner().invoke(app, ["jobs"])

    assert done.exit_code == 2
    assert "Run `claimcheck login`" in done.stderr


def test_the_console_opens_the_deployment_of_the_login(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from console import __main__ as console

    started: list[list[str]] = []
    monkeypatch.setattr(console, "main", started.append)

    claimcheck(service, "console")
    claimcheck(service, "console", "--port", "8091", "--no-open")

    assert started == [[URL, "--port", "8090", "--open"], [URL, "--port", "8091"]]


def test_the_logs_are_those_of_the_local_stack(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from local import __main__ as local

    def refuse(arguments: list[str]) -> int:
        asked.append(arguments)
        return 1

    asked: list[list[str]] = []
    monkeypatch.setattr(local, "main", refuse)

    ends = [claimcheck(service, "logs").exit_code, claimcheck(service, "logs", "019ee9a0").exit_code]

    assert (asked, ends) == ([["logs"], ["logs", "019ee9a0"]], [1, 1])


@pytest.mark.parametrize(
    ("command", "module", "remedy"),
    [("console", "console.__main__", "pip install ./console"), ("logs", "local.__main__", "repository")],
)
def test_a_command_that_needs_more_says_what(
    command: str, module: str, remedy: str, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)

    done = claimcheck(service, command)

    assert done.exit_code == 2
    assert module in done.stderr
    assert remedy in done.stderr


def commands(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} ")
        else:
            yield path + name, command


def test_every_command_about_the_api_prints_json() -> None:
    without = {
        name
        for name, command in commands(get_command(app))
        if "--json" not in {option for param in command.params for option in param.opts}
    }

    assert without == {"admin", "console", "logs"}


@pytest.mark.parametrize(
    ("command", "options"), [("run", NewJob), ("submit", NewJob), ("schedules put", ScheduleOptions)]
)
def test_every_field_of_a_request_is_an_option(command: str, options: type) -> None:
    found = {param.name for param in dict(commands(get_command(app)))[command].params}

    assert set(options.__annotations__) <= found


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_it(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_CLAIMCHECK_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("COMP_WORDS", "claimcheck flows pa")
    monkeypatch.setenv("COMP_CWORD", "2")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "claimcheck flows pa")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")

    done = CliRunner().invoke(app, [], prog_name="claimcheck")

    assert "pause" in done.stdout
    assert "resume" not in done.stdout


def test_admin_is_the_operators_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)

    done = CliRunner().invoke(app, ["admin", "keys", "--org", "acme"])

    assert done.exit_code == 2
    assert "No deployment chosen" in done.output + capsys.readouterr().err


def test_admin_says_how_without_the_services_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "claimcheck.__main__", None)

    done = CliRunner().invoke(app, ["admin", "key", "--org", "acme"])

    assert done.exit_code == 2
    assert "run .venv/bin/claimcheck" in done.stderr


def test_no_text_of_a_job_can_control_the_terminal() -> None:
    assert printable('{"a": "ä\x1b[2J\x9b1m\u202e😀"}\n') == '{"a": "ä\\u001b[2J\\u009b1m\\u202e😀"}\n'
