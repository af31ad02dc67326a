"""Signing in and out, and what a request needs to be answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet

from claimcheck.testing import MemoryKeyStore
from console.app import HEADERS
from console.session import COOKIE, Sessions
from console.tests.kit import HERE, URL, Browser

if TYPE_CHECKING:
    from console.tests.kit import Service

PAGES = ("jobs", "schedules", "flows", "types", "types/echo", "usage")


@pytest.fixture
def stranger(service: Service) -> Browser:
    return Browser(service)


def test_a_key_opens_the_console(stranger: Browser) -> None:
    signed_in = stranger.sign_in()

    assert signed_in.headers["location"] == "/console/jobs"
    assert "Newest" not in stranger.get("/console/jobs").text
    assert stranger.get("/console").headers["location"] == "/console/jobs"


def test_the_cookie_hides_the_key_and_is_sent_nowhere_else(stranger: Browser) -> None:
    cookie = stranger.sign_in().headers["set-cookie"]

    assert {"HttpOnly", "SameSite=strict", "Path=/console"} <= set(cookie.split("; "))
    assert stranger.service.world.acme not in cookie


@pytest.mark.parametrize(
    ("host", "secure"), [("127.0.0.1", False), ("console.example", True), ("localhost", True)]
)
def test_the_cookie_needs_tls_except_on_this_machine(service: Service, host: str, secure: bool) -> None:
    browser = Browser(service)
    browser.client.base_url = f"http://{host}"
    signed_in = browser.post("/console", origin=f"http://{host}", url=URL, key=service.world.acme)

    assert ("Secure" in signed_in.headers["set-cookie"].split("; ")) is secure


def test_a_wrong_key_is_refused_with_the_reason(stranger: Browser) -> None:
    answer = stranger.sign_in("cck_live_wrong")

    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert COOKIE not in stranger.client.cookies


@pytest.mark.parametrize("key", ["", " ", "schlüssel", "two\nlines"])
def test_a_key_that_no_header_can_hold_is_refused(stranger: Browser, key: str) -> None:
    assert stranger.post("/console", url=URL, key=key).status_code == 422
    assert stranger.service.requests == []


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254", "http://127.0.0.1:1", f"{URL}.evil.example", f"{URL}@evil.example", ""]
)
def test_only_the_urls_of_the_console_are_requested(stranger: Browser, url: str) -> None:
    assert stranger.sign_in(url=url).status_code == 422
    assert stranger.service.requests == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "https://", "https://[", "claimcheck.example", f"{URL}?a=b"]
)
def test_a_console_of_all_urls_takes_only_base_urls(service: Service, url: str) -> None:
    assert Browser(service, {"urls": []}).sign_in(url=url).status_code == 422
    assert service.requests == []


def test_a_url_without_an_api_is_reported(service: Service) -> None:
    answer = Browser(service, {"urls": []}).sign_in(url="https://other.example")

    assert answer.status_code == 502
    assert "does not respond" in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_a_session(stranger: Browser, page: str) -> None:
    answer = stranger.get(f"/console/{page}")

    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    assert stranger.service.requests == []


def test_a_link_from_another_site_is_followed_from_this_one(stranger: Browser) -> None:
    answer = stranger.get("/console/jobs", headers={"sec-fetch-site": "cross-site"})

    assert 'http-equiv="refresh"' in answer.text


def test_signing_out_ends_the_session(browser: Browser) -> None:
    assert browser.submit("/console/sign-out").headers["location"] == "/console"
    assert browser.get("/console/jobs").headers["location"] == "/console"


def test_a_session_of_another_secret_is_none(browser: Browser, service: Service) -> None:
    other = Browser(service)
    other.client.cookies = browser.client.cookies

    assert other.get("/console/jobs").headers["location"] == "/console"


@pytest.mark.parametrize("text", ["none", "café", '"'])
def test_a_cookie_that_another_port_has_set_is_none(stranger: Browser, text: str) -> None:
    answer = stranger.get("/console", headers={"cookie": f"{COOKIE}={text}".encode("latin-1")})

    assert answer.status_code == 200
    assert "API key" in answer.text


def test_a_session_of_an_api_that_the_console_does_not_open_any_more_is_none(
    browser: Browser, service: Service
) -> None:
    sessions = Sessions(Fernet(Fernet.generate_key()))
    before = Browser(service, {"sessions": sessions})
    before.sign_in()
    after = Browser(service, {"sessions": sessions, "urls": ["https://another.example"]})
    after.client.cookies = before.client.cookies

    assert before.get("/console").headers["location"] == "/console/jobs"
    assert after.get("/console/jobs").headers["location"] == "/console"
    assert "API key" in after.get("/console").text


@pytest.mark.parametrize("page", PAGES)
def test_below_a_base_path_every_link_and_the_cookie_are_below_it(service: Service, page: str) -> None:
    browser = Browser(service, {"base": "/api"})
    signed_in = browser.sign_in()
    cookie = signed_in.headers["set-cookie"]
    browser.client.cookies.set(COOKIE, signed_in.cookies[COOKIE])  # as if the domain's path came first

    places = re.findall(r'(?:href|src|action)="([^"]*)"', browser.get(f"/console/{page}").text)

    assert signed_in.headers["location"] == "/api/console/jobs"
    assert "Path=/api/console;" in cookie
    assert places
    assert [each for each in places if not each.startswith(("/api/console", "#", "?"))] == []


def test_a_session_ends_when_its_key_is_disabled(browser: Browser, service: Service) -> None:
    service.world.rebuild(keys=MemoryKeyStore())

    answer = browser.get("/console/jobs")

    assert answer.status_code == 401
    assert COOKIE not in browser.client.cookies


@pytest.mark.parametrize("path", ["jobs/{job}/cancel", "types/echo", "bulk/count", "bulk", "sign-out"])
@pytest.mark.parametrize("form", [{}, {"form_token": ""}, {"form_token": "guessed"}, {"form_token": "ü"}])
def test_a_form_without_the_sessions_token_does_nothing(
    browser: Browser, service: Service, path: str, form: dict[str, str]
) -> None:
    job = service.world.submit()
    before = len(service.requests)

    answer = browser.post(f"/console/{path.format(job=job)}", **form)

    assert answer.status_code == 403
    assert len(service.requests) == before


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", f"{HERE}:81", f"{HERE}.evil.example"])
def test_a_form_of_another_site_does_nothing(browser: Browser, service: Service, origin: str) -> None:
    job, token = service.world.submit(), browser.token()
    before = len(service.requests)

    canceled = browser.post(f"/console/jobs/{job}/cancel", origin=origin, form_token=token)
    signed_in = browser.post("/console", origin=origin, url=URL, key=service.world.acme)

    assert (canceled.status_code, signed_in.status_code) == (403, 403)
    assert len(service.requests) == before


def test_every_response_forbids_scripts_of_others_and_frames(browser: Browser) -> None:
    for path in ("", *PAGES, "nowhere", "static/console.css"):
        answer = browser.get(f"/console/{path}")

        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert not re.search(r"<script(?! src=)|<style| style=| on\w+=", answer.text)


def test_pages_are_in_no_cache(browser: Browser) -> None:
    assert {browser.get(f"/console/{page}").headers["cache-control"] for page in PAGES} == {"no-store"}
