"""The request of a poll, filled from the answer to `start`.

Only the values of placeholders are kept, because each poll writes them to the job's row.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus, urljoin

from apps.requests.job_types.poll_until import Poll, is_placeholder
from apps.requests.placeholders import ROOT, pieces
from apps.requests.polling.evaluation import TooCostly, Unanswerable, evaluated
from apps.requests.sending import Request
from claimcheck.authoring import Fail
from claimcheck.outbound import RequestRefused, check_url

Field = str | int | float | bool
Fields = dict[str, Field]
# Takes the value of a placeholder and the text before it.
Escape = Callable[[Field, str], str]

# Characters of one value, and bytes of all values together.
MAX_FIELD = 2048
MAX_FIELDS = 12 * 1024


def fields_in(poll: Poll, started: dict[str, Any]) -> Fields:
    """Return the value of each placeholder in the answer to `start`, by expression. Raises: Fail."""
    fields: Fields = {}
    for place, expressions in poll.placeholders.items():
        for expression in expressions:
            fields[expression] = _field(expression, place, started)
    if len(json.dumps(fields, ensure_ascii=False).encode()) > MAX_FIELDS:
        raise Fail("placeholder_unfilled", f"The placeholders' values have more than {MAX_FIELDS:,} bytes.")
    return fields


def _field(expression: str, place: str, started: dict[str, Any]) -> Field:
    def unfilled(why: str) -> Fail:
        named = f"The answer to start has no {expression[:100]} for poll/{place}"
        return Fail("placeholder_unfilled", f"{named}{why}.")

    try:
        found = evaluated(expression, {ROOT: started})
    except (Unanswerable, TooCostly) as error:
        raise unfilled(": it cannot be evaluated") from error
    if found is None or found == "":
        raise unfilled("")
    if not isinstance(found, str | int | float):
        raise unfilled(": the value is not a string, number or boolean")
    if len(_text(found)) > MAX_FIELD:
        raise unfilled(f": the value has more than {MAX_FIELD:,} characters")
    return found


def request_of(poll: Poll, fields: Fields, start_url: str | None) -> Request:
    headers = {name: _filled(text, fields, _plain) for name, text in poll.headers.items()}
    body = _filled(poll.body, fields, _escape_of(poll.body, headers))
    if is_placeholder(poll.url) and start_url is not None:
        return Request(poll.method, _leading_on(_filled(poll.url, fields, _plain), start_url), headers, body)
    return Request(poll.method, _filled(poll.url, fields, _in_url), headers, body)


def _leading_on(url: str, start_url: str) -> str:
    """Return an absolute URL on the server of `start`, for which the headers may have credentials."""
    try:
        whole = urljoin(start_url, url)
        there, here = (check_url(each, allow_loopback=True) for each in (whole, start_url))
    except (ValueError, RequestRefused) as error:
        raise Fail("request_refused", "The URL in the answer to start cannot be used.") from error
    if there[:3] != here[:3]:
        raise Fail("request_refused", "The URL in the answer to start is on another server.")
    return whole


def _filled(text: str, fields: Fields, escape: Escape) -> str:
    """Fill the placeholders. `escape` also gets the literal text before each."""
    done, before = "", ""
    for number, piece in enumerate(pieces(text)):
        if number % 2:
            done += escape(fields[piece], before)
        else:
            done, before = done + piece, before + piece
    return done


def _escape_of(body: str, headers: dict[str, str]) -> Escape:
    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if "json" in content_type.lower() or (not content_type and body.lstrip()[:1] in ("{", "[")):
        return _in_json
    return _in_form if "x-www-form-urlencoded" in content_type.lower() else _plain


def _plain(field: Field, before: str) -> str:
    return _text(field)


def _in_url(field: Field, before: str) -> str:
    """Percent-encode a value. Raises: Fail for a dot segment (RFC 3986, section 3.3)."""
    if _text(field) in (".", ".."):
        raise Fail("placeholder_unfilled", "The answer to start has only dots for poll/url.")
    return quote(_text(field), safe="")


def _in_form(field: Field, before: str) -> str:
    return quote_plus(_text(field))


def _in_json(field: Field, before: str) -> str:
    """Escape a value inside a JSON string, or write it as a JSON value elsewhere."""
    quotes = re.sub(r"\\.", "", before, flags=re.DOTALL).count('"')
    return json.dumps(_text(field), ensure_ascii=False)[1:-1] if quotes % 2 else json.dumps(field)


def _text(field: Field) -> str:
    return field if isinstance(field, str) else json.dumps(field)
