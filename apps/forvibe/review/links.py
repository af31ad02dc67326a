"""Addresses: those that a page must have, and those that stand where none should."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from apps.forvibe.app_store import URL_FIELDS
from apps.forvibe.review.page import PROSE, TITLES
from apps.forvibe.review.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.forvibe.review.page import Page
    from apps.forvibe.review.rules import Hit

MALFORMED = Rule(
    "malformed-url",
    "2.1",
    "critical",
    "The {field} is no web address.",
    "Give the whole address, from https:// on.",
)
PLACEHOLDER_HOST = Rule(
    "placeholder-url",
    "2.1",
    "critical",
    "The {field} leads to a place that is nobody's, or only on your own network.",
    "Give the address of a page that App Review can open.",
)
INSECURE_SUPPORT = Rule(
    "insecure-support-url",
    "1.5",
    "low",
    "The {field} is not https: browsers warn people who follow it.",
    "Serve the page over https and give that address.",
)
INSECURE_POLICY = Rule(
    "insecure-privacy-policy-url",
    "5.1.1(i)",
    "medium",
    "The {field} is not https: what people read there could have been changed on the way.",
    "Serve the policy over https and give that address.",
)
LINK_IN_TITLE = Rule(
    "link-in-title",
    "2.3.7",
    "high",
    "The {field} has a web or mail address in it.",
    "Take it out: addresses have fields of their own.",
)
PLACEHOLDER_LINK = Rule(
    "placeholder-link",
    "2.1",
    "high",
    "The {field} has an address that is nobody's, or only on your own network.",
    "Give the real address, or take it out.",
)
OTHER_STORE = Rule(
    "link-to-other-store",
    "2.3.10",
    "high",
    "The {field} leads to another app store.",
    "Take it out: the page may not point to other platforms' stores.",
)
PROMOTED_LINK = Rule(
    "link-in-promotional-text",
    "2.3",
    "low",
    "The promotional text has an address, which nobody can tap there.",
    "Take it out; the marketing URL is for it.",
)
INSECURE = {"support_url": INSECURE_SUPPORT, "privacy_policy_url": INSECURE_POLICY}

ADDRESS = re.compile(r"https?://[^\s<>\"]{1,300}|(?<![\w.])www\.[\w-]{1,63}\.[^\s<>\"]{1,200}")
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}")
BARE_DOMAIN = re.compile(r"(?<![\w.@-])[a-z0-9-]{2,63}\.(?:com|net|org|io|app|co|dev)(?![\w.])")
STORES = ("play.google.com", "appgallery.huawei.com", "galaxystore.samsung.com", "f-droid.org", "apkpure.com")
# RFC 2606 "Reserved Top Level DNS Names", RFC 6762 (.local), and what templates write.
RESERVED = ("example.com", "example.org", "example.net", "localhost")
RESERVED_ENDS = (".example", ".test", ".invalid", ".localhost", ".local", ".internal")
TUNNELS = ("ngrok.io", "ngrok.app", "ngrok-free.app", "trycloudflare.com")
TEMPLATES = re.compile(
    r"(?:your-?(?:domain|website|site|company|app|url)|my-?(?:domain|website)|domain|website|placeholder)"
    r"\.(?:com|net|org|io|app)"
)


def addresses(page: Page) -> Iterator[Hit]:
    for field, text in page.some(URL_FIELDS):
        address = text.raw.strip()
        host = _host(address)
        if host is None:
            yield MALFORMED.hit(field, address, page.locale)
        elif _nobodys(host):
            yield PLACEHOLDER_HOST.hit(field, address, page.locale)
        elif _of(host, STORES):
            yield OTHER_STORE.hit(field, address, page.locale)
        elif field in INSECURE and address.lower().startswith("http:"):
            yield INSECURE[field].hit(field, address, page.locale)


def links_in_titles(page: Page) -> Iterator[Hit]:
    for field, text in page.some((*TITLES, "keywords")):
        # A name may be a domain, as many companies' are.
        patterns = (ADDRESS, MAIL, BARE_DOMAIN) if field == "subtitle" else (ADDRESS, MAIL)
        for found in (found for pattern in patterns for found in pattern.finditer(text.folded)):
            yield LINK_IN_TITLE.hit(field, text.excerpt(*found.span()), page.locale)


def links_in_prose(page: Page) -> Iterator[Hit]:
    for field, text in page.some(PROSE):
        for found in ADDRESS.finditer(text.raw):
            host = _host(found[0]) or _host(f"https://{found[0]}") or ""
            if _nobodys(host):
                yield PLACEHOLDER_LINK.hit(field, found[0], page.locale)
            elif _of(host, STORES):
                yield OTHER_STORE.hit(field, found[0], page.locale)
            elif field == "promotional_text":
                yield PROMOTED_LINK.hit(field, found[0], page.locale)


def _host(address: str) -> str | None:
    """The host of a whole web address; None when it is none."""
    if any(character.isspace() for character in address):
        return None
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    named = "." in host or host == "localhost" or ":" in host
    return host if parts.scheme in ("http", "https") and named else None


def _nobodys(host: str) -> bool:
    if _of(host, (*RESERVED, *TUNNELS)) or host.endswith(RESERVED_ENDS):
        return True
    if TEMPLATES.fullmatch(host.removeprefix("www.")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _of(host: str, owners: tuple[str, ...]) -> bool:
    return any(host == owner or host.endswith(f".{owner}") for owner in owners)
