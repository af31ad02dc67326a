"""The local stack's logs as people read them."""

import json

from local.logs import render

NOON = 1_795_867_200_123


def test_a_line_shows_time_function_level_message_and_fields() -> None:
    line = json.dumps(
        {"level": "INFO", "message": "ready", "service": "worker", "job_id": "j", "details": {"n": 1}}
    )

    assert (
        render(NOON, "worker", line) == '12:00:00.123  worker      INFO     ready  job_id=j  details={"n": 1}'
    )


def test_a_traceback_keeps_its_lines() -> None:
    line = json.dumps(
        {"level": "ERROR", "message": "handler raised", "traceback": "Traceback:\n  here\nE: no"}
    )

    assert render(NOON, "worker", line).splitlines()[1:] == ["    Traceback:", "      here", "    E: no"]


def test_metrics_show_the_job_that_ended() -> None:
    line = json.dumps(
        {"_aws": {}, "type": "echo", "status": "failed", "job_id": "j", "error_code": "timeout"}
    )

    shown = render(NOON, "worker", line)

    assert shown.endswith("job ended  job_id=j  type=echo  status=failed  error_code=timeout")


def test_other_output_is_shown_as_it_is() -> None:
    assert render(NOON, "worker", "print [1]").endswith("worker      print [1]")
