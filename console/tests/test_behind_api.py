"""The function behind API Gateway: events of its HTTP API in, pages out."""

from __future__ import annotations

import asyncio
import base64
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest

from console import behind_api
from console.tests.kit import hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.tests.kit import Service

DOMAIN = "claimcheck.example"
BASES = ["", "/api"]


@pytest.fixture(autouse=True)
def function(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start the function, whose requests the service answers."""
    monkeypatch.setenv("BASE_PATH", "")
    monkeypatch.setenv("SESSION_SECRET", "secret")
    monkeypatch.setattr(httpx, "AsyncClient", partial(httpx.AsyncClient, transport=service.transport))
    behind_api.console_at.cache_clear()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()
    behind_api.console_at.cache_clear()


def invoke(
    method: str,
    path: str,
    form: dict[str, str] | None = None,
    cookies: tuple[str, ...] = (),
    origin: str = f"https://{DOMAIN}",
) -> dict[str, Any]:
    """Return the answer to an event of payload format 2.0. API Gateway sends forms in base64."""
    place, _, query = path.partition("?")
    event = {
        "version": "2.0",
        "routeKey": f"{method} /console/{{proxy+}}",
        "rawPath": place,
        "rawQueryString": query,
        "cookies": list(cookies),
        "headers": {"host": DOMAIN, "x-forwarded-proto": "https", "origin": origin},
        "requestContext": {
            "domainName": DOMAIN,
            "http": {"method": method, "path": place, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
            "stage": "$default",
        },
        "isBase64Encoded": form is not None,
    }
    if form is not None:
        event["body"] = base64.b64encode(urlencode(form).encode()).decode()
    return behind_api.handler(event, None)


def sign_in(service: Service, base: str = "", origin: str = f"https://{DOMAIN}") -> dict[str, Any]:
    form = {"url": f"https://{DOMAIN}{base}", "key": service.world.acme}
    return invoke("POST", f"{base}/console", form, origin=origin)


@pytest.mark.parametrize("base", BASES)
def test_a_person_signs_in_sees_a_job_cancels_it_and_signs_out(
    service: Service, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    monkeypatch.setenv("BASE_PATH", base)
    job = service.world.submit()
    assert f"<option>https://{DOMAIN}{base}</option>" in invoke("GET", f"{base}/console")["body"]
    signed_in = sign_in(service, base)
    [set_cookie] = signed_in["cookies"]
    cookies = (set_cookie.partition(";")[0], "another=cookie")

    page = invoke("GET", f"{base}/console/jobs", cookies=cookies)
    form = {"form_token": hidden(page["body"], "form_token")}
    cancelled = invoke("POST", f"{base}/console/jobs/{job}/cancel", form, cookies)
    signed_out = invoke("POST", f"{base}/console/sign-out", form, cookies)

    assert signed_in["headers"]["location"] == f"{base}/console/jobs"
    assert {"HttpOnly", "Secure", "SameSite=strict", f"Path={base}/console"} <= set(set_cookie.split("; "))
    assert f'href="{base}/console/jobs/{job}"' in page["body"]
    assert cancelled["headers"]["location"] == f"{base}/console/jobs/{job}"
    assert service.world.job(job).status == "failed"
    assert "Max-Age=0" in signed_out["cookies"][0]
    assert {request.url.host for request in service.requests} == {DOMAIN}


@pytest.mark.parametrize(("secret", "status"), [("secret", 200), ("another", 303)])
def test_processes_with_the_same_secret_share_sessions(
    service: Service, monkeypatch: pytest.MonkeyPatch, secret: str, status: int
) -> None:
    cookie = sign_in(service)["cookies"][0].partition(";")[0]
    monkeypatch.setenv("SESSION_SECRET", secret)
    behind_api.console_at.cache_clear()

    assert invoke("GET", "/console/jobs?status=failed", cookies=(cookie,))["statusCode"] == status


def test_it_opens_no_api_but_its_own(service: Service) -> None:
    form = {"url": "https://another.example", "key": service.world.acme}

    assert invoke("POST", "/console", form)["statusCode"] == 422
    assert service.requests == []


def test_a_form_of_another_site_is_refused(service: Service) -> None:
    assert sign_in(service, origin="https://evil.example")["statusCode"] == 403


def test_files_are_sent_as_they_are(service: Service) -> None:
    cookie = sign_in(service)["cookies"][0].partition(";")[0]
    content = bytes(range(256))
    stored = httpx.Response(200, headers={"content-type": "image/png"}, content=content)
    service.scripted["/v1/jobs/j/files/t/a.png"] = stored

    picture = invoke("GET", "/console/jobs/j/files/t/a.png", cookies=(cookie,))
    style = invoke("GET", "/console/static/console.css")

    assert picture["isBase64Encoded"]
    assert base64.b64decode(picture["body"]) == content
    assert style["headers"]["content-type"].startswith("text/css")
    assert "--ink" in style["body"]
