"""Fake tools record what a handler asks, give the test's answers, and refuse what the real ones refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.outbound import Answer, RequestRefused, TimedOut
from claimcheck.testing import FakeTools, RecordingContext, ScriptedOutbound, ScriptedTranslator

if TYPE_CHECKING:
    from claimcheck.authoring import JobContext, Tools

URL = "https://mail.example.com/messages"


def test_a_recording_context_with_fake_tools_is_a_job() -> None:
    job: JobContext = RecordingContext()
    tools: Tools = job.tools

    assert isinstance(tools, FakeTools)


def test_requests_are_recorded_and_answered_in_order() -> None:
    outbound = ScriptedOutbound([Answer(429, {}, b""), TimedOut()])

    answer = outbound.request("POST", URL, {"X-Order": "7"}, b"{}", timeout=5)
    with pytest.raises(TimedOut):
        outbound.request("GET", URL, timeout=5)

    first, second = outbound.sent
    assert answer.status == 429
    assert (first.method, first.url, first.headers, first.body) == ("POST", URL, {"X-Order": "7"}, b"{}")
    assert (second.method, second.body, second.timeout) == ("GET", None, 5)


@pytest.mark.parametrize(
    ("url", "header", "code"),
    [
        ("http://mail.example.com/", "X-Order", "forbidden_scheme"),
        ("https://10.0.0.1/", "X-Order", "forbidden_address"),
        (URL, "Content-Length", "forbidden_header"),
    ],
)
def test_a_request_that_the_real_client_refuses_is_refused(url: str, header: str, code: str) -> None:
    outbound = ScriptedOutbound([Answer(200, {}, b"")])

    with pytest.raises(RequestRefused) as refused:
        outbound.request("POST", url, {header: "7"}, timeout=5)

    assert refused.value.code == code
    assert outbound.sent == []


def test_a_tool_without_an_answer_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="more requests than the test has answers"):
        FakeTools().outbound.request("GET", URL, timeout=5)


def test_translations_are_recorded() -> None:
    translator = ScriptedTranslator(lambda text, source, target: text.upper())

    assert translator.translate("coat", "en", "de") == "COAT"
    assert translator.asked == [("coat", "en", "de")]


def test_a_secret_that_the_test_does_not_give_fails_it_and_says_what_to_do() -> None:
    job = RecordingContext(secrets={"mail_key": "test-key"})

    assert job.secret("mail_key") == "test-key"
    with pytest.raises(AssertionError, match="no secret 'other': declare it"):
        job.secret("other")


def test_a_context_shows_no_secret_in_its_repr() -> None:
    assert "test-key" not in repr(RecordingContext(secrets={"mail_key": "test-key"}))
