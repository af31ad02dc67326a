"""Addresses: in the fields for URLs, and in texts where they do not belong."""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from apps.forvibe.app_store import URL_FIELDS
from apps.forvibe.review.page import PROSE, TITLES, Page, Text
from apps.forvibe.review.rules import Findings, finding, search

INSECURE = {"support_url": "insecure-support-url", "privacy_policy_url": "insecure-privacy-policy-url"}

ADDRESS = re.compile(r"https?://[^\s<>\"]{1,300}|(?<![\w.])www\.[\w-]{1,63}\.[^\s<>\"]{1,200}")
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}")
BARE_DOMAIN = re.compile(r"(?<![\w.@-])[a-z0-9-]{2,63}\.(?:com|net|org|io|app|co|dev)(?![\w.])")
STORES = ("play.google.com", "appgallery.huawei.com", "galaxystore.samsung.com", "f-droid.org", "apkpure.com")
# RFC 2606 "Reserved Top Level DNS Names", RFC 6762 (.local), and addresses in templates.
RESERVED = ("example.com", "example.org", "example.net", "localhost")
RESERVED_ENDS = (".example", ".test", ".invalid", ".localhost", ".local", ".internal")
TUNNELS = ("ngrok.io", "ngrok.app", "ngrok-free.app", "trycloudflare.com")
TEMPLATES = re.compile(
    r"(?:your-?(?:domain|website|site|company|app|url)|my-?(?:domain|website)|domain|website|placeholder)"
    r"\.(?:com|net|org|io|app)"
)


def urls(page: Page) -> Findings:
    for field, text in page.some(URL_FIELDS):
        address = text.raw.strip()
        host = _host(address)
        if host is None:
            yield finding("malformed-url", field, address, page.locale)
        elif _is_placeholder(host):
            yield finding("placeholder-url", field, address, page.locale)
        elif _is_within(host, STORES):
            yield finding("link-to-other-store", field, address, page.locale)
        elif field in INSECURE and address.lower().startswith("http:"):
            yield finding(INSECURE[field], field, address, page.locale)


def links_in_titles(page: Page) -> Findings:
    yield from search("link-in-title", page, (*TITLES, "keywords"), _links)
    # Not in the name: many companies are named like their domain.
    yield from search("link-in-title", page, ("subtitle",), lambda text: text.folded_matches(BARE_DOMAIN))


def links_in_prose(page: Page) -> Findings:
    for field, text in page.some(PROSE):
        for address in text.matches(ADDRESS):
            host = _host(address) or _host(f"https://{address}") or ""
            if _is_placeholder(host):
                yield finding("placeholder-link", field, address, page.locale)
            elif _is_within(host, STORES):
                yield finding("link-to-other-store", field, address, page.locale)
            elif field == "promotional_text":
                yield finding("link-in-promotional-text", field, address, page.locale)


def _links(text: Text) -> Iterator[str]:
    for pattern in (ADDRESS, MAIL):
        yield from text.folded_matches(pattern)


def _host(address: str) -> str | None:
    if any(character.isspace() for character in address):
        return None
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    named = "." in host or host == "localhost" or ":" in host
    return host if parts.scheme in ("http", "https") and named else None


def _is_placeholder(host: str) -> bool:
    if _is_within(host, (*RESERVED, *TUNNELS)) or host.endswith(RESERVED_ENDS):
        return True
    if TEMPLATES.fullmatch(host.removeprefix("www.")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _is_within(host: str, owners: tuple[str, ...]) -> bool:
    return any(host == owner or host.endswith(f".{owner}") for owner in owners)
