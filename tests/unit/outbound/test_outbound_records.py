"""Records of requests and answers, and the pause that an answer asks for."""

from __future__ import annotations

import pytest

from claimcheck.outbound import redacted_headers, redacted_url, retry_after

SECRET = """
Authorization Proxy-Authorization Cookie Set-Cookie X-Api-Key apikey API_KEY X-Auth-Token
X-Amz-Security-Token X-Goog-Signature Stripe-Signature X-Hub-Signature-256 Client-Secret X-Session-Id
X-CSRF-Token Ocp-Apim-Subscription-Key X-Password x-otp X-Pin pw user_pw
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_a_header_that_sounds_like_a_secret_is_redacted(name: str) -> None:
    assert redacted_headers({name: "s3cret"}) == {name: "[redacted]"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content-type", "text/html; charset=utf-8"),
        ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("x-request-id", "0b8c0a4e"),
        ("author", "Jane"),
        ("x-status-code", "7"),
        ("x-topic", "power"),
        ("retry-after", "120"),
        ("location", "https://example.com/next?page=2&size=10"),
    ],
)
def test_other_headers_are_kept(name: str, value: str) -> None:
    assert redacted_headers({name: value}) == {name: value}


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        (
            "https://a.example/?access_token=s3cret&page=2",
            "https://a.example/?access_token=[redacted]&page=2",
        ),
        ("https://a.example/?page=2&sig=s3cret#top", "https://a.example/?page=2&sig=[redacted]#top"),
        ("https://a.example/cb#id_token=s3cret&state=1", "https://a.example/cb#id_token=[redacted]&state=1"),
        ("https://a.example/?%74oken=s3cret", "https://a.example/?%74oken=[redacted]"),
        ("https://a.example/?api%5Fkey=s3cret", "https://a.example/?api%5Fkey=[redacted]"),
        ("https://a.example/?a=1;key=s3cret", "https://a.example/?a=1;key=[redacted]"),
        ("https://a.example/?key=s3=cret==", "https://a.example/?key=[redacted]"),
        (
            "https://a.example/?code=s3cret&X-Amz-Credential=s3cret",
            "https://a.example/?code=[redacted]&X-Amz-Credential=[redacted]",
        ),
        ("https://me:s3cret@a.example/", "https://[redacted]@a.example/"),
        ("https://a.example/?pw=s3cret&otp=s3cret", "https://a.example/?pw=[redacted]&otp=[redacted]"),
        ("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/[redacted]"),
        (
            "https://discord.com/api/webhooks/12/s3cret",
            "https://discord.com/api/webhooks/[redacted]/[redacted]",
        ),
        ("https://acme.webhook.office.com/webhookb2/a@b/c", "https://acme.webhook.office.com/[redacted]"),
        ("https://api.telegram.org/bot12:s3cret/send?a=1", "https://api.telegram.org/[redacted]/send?a=1"),
        ("https://a.example/in/s3cretS3CRETs3cretS3CRET", "https://a.example/in/[redacted]"),
        ("https://a.example/token=1?keywords=a", "https://a.example/token=1?keywords=a"),
        (
            '<https://a.example/?token=s3cret>; rel="next"',
            '<https://a.example/?token=[redacted]>; rel="next"',
        ),
    ],
)
def test_secret_values_are_taken_out_of_urls(url: str, redacted: str) -> None:
    assert redacted_url(url) == redacted


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example.com/webhooks/claimcheck",
        "https://app.example.com/v2/renders/019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a",
        "https://app.example.com/renders/507f1f77bcf86cd799439011/frames/12",
        "https://app.example.com:8443/a%20b/~me/Quarterly-Report.pdf?page=2",
        "https://hooks.example.com/",
    ],
)
def test_what_tells_urls_apart_is_kept(url: str) -> None:
    assert redacted_url(url) == url


def test_urls_in_headers_are_redacted_too() -> None:
    kept = redacted_headers({"location": "/next?token=s3cret", "link": "<https://a.example/?key=s3cret>"})

    assert kept == {"location": "/next?token=[redacted]", "link": "<https://a.example/?key=[redacted]>"}


# 1994-11-06T08:49:37Z, the time in RFC 9110's examples, minus 90 seconds.
NOW = 784_111_687_000


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 90),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 90),
        ("Sun Nov  6 08:49:37 1994", 90),
        ("Sun, 06 Nov 1994 08:48:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("1" * 400, None),
        ("Sun, 06 Nov 1994 08:49:37 +99999999999999", None),
    ],
)
def test_retry_after_is_understood_in_each_of_its_forms(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


def test_without_a_retry_after_none_is_asked_for() -> None:
    assert retry_after({}, NOW) is None
