"""Callbacks are verified as the library of Standard Webhooks signs and verifies them."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from claimcheck_client import InvalidSignature, verify_webhook

SECRET = "whsec_" + b64encode(b"a secret of 24 bytes ...").decode()
OLD_SECRET = "whsec_" + b64encode(b"another one of 24 bytes ").decode()
NOW = 1_782_036_002
BODY = '{"job_id": "019ee99f", "status": "completed", "result": "ä"}'


def signed(body: str, *secrets: str, at: int = NOW) -> dict[str, str]:
    time = datetime.fromtimestamp(at, UTC)
    return {
        "Webhook-Id": "019ee99f",
        "Webhook-Timestamp": str(at),
        "Webhook-Signature": " ".join(Webhook(secret).sign("019ee99f", time, body) for secret in secrets),
    }


@pytest.mark.parametrize("age", [-300, 0, 300])
def test_a_signed_callback_is_the_job(age: int) -> None:
    headers = signed(BODY, SECRET)

    job = verify_webhook(BODY.encode(), headers, SECRET, now=NOW + age)

    assert (job["job_id"], job["status"], job["result"]) == ("019ee99f", "completed", "ä")


@given(body=st.recursive(st.text(), lambda each: st.lists(each)).map(lambda value: {"result": value}))
def test_everything_that_the_library_signs_is_accepted(body: object) -> None:
    text = json.dumps(body, ensure_ascii=False)

    assert verify_webhook(text.encode(), signed(text, SECRET), SECRET, now=NOW) == body


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_one_of_two_signatures_is_enough(secret: str) -> None:
    assert verify_webhook(BODY.encode(), signed(BODY, OLD_SECRET, SECRET), secret, now=NOW)


@pytest.mark.parametrize("age", [-301, 301])
def test_an_old_callback_is_refused(age: int) -> None:
    with pytest.raises(InvalidSignature, match=r"signed -?301 seconds ago"):
        verify_webhook(BODY.encode(), signed(BODY, SECRET), SECRET, now=NOW + age)


@pytest.mark.parametrize(
    "changed",
    [
        {"Webhook-Id": "019ee9a0"},
        {"Webhook-Timestamp": str(NOW + 1)},
        {"Webhook-Timestamp": "soon"},
        {"Webhook-Signature": ""},
        {"Webhook-Signature": "v1,AAAA"},
        {"Webhook-Signature": "ä"},
    ],
)
def test_a_changed_header_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(InvalidSignature):
        verify_webhook(BODY.encode(), signed(BODY, SECRET) | changed, SECRET, now=NOW)


def test_a_changed_body_or_another_secret_or_no_header_is_refused() -> None:
    headers = signed(BODY, SECRET)

    for body, received, secret in (
        (b"{}", headers, SECRET),
        (BODY.encode(), headers, OLD_SECRET),
        (b"", {}, ""),
    ):
        with pytest.raises(InvalidSignature):
            verify_webhook(body, received, secret, now=NOW)
