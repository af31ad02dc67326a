"""What writes: a listing that is kept, and a job that may be about the listings that were.

Which job types are about listings, and what one is, is told by the catalogue: an input's field
`listings` has them by locale, a field `listing` is the one in `source_locale`. Only submissions, and
whoever writes the API's reference, import this.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, get_args

from pydantic import TypeAdapter, ValidationError

from apps.forvibe.dialect.listings import (
    LOCALE,
    find_listing,
    find_listings,
    keep_listing,
    listing_path,
    project_of,
)
from claimcheck.authoring.catalog import field_errors
from claimcheck.domain.errors import BodyTooLarge, FieldError, InvalidFields
from claimcheck.http.contract import BODY_LIMIT
from claimcheck.http.submissions import draft_of

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import JobType
    from claimcheck.http.contract import Call
    from claimcheck.service.submission import Draft

# The job type that says what a listing is.
LISTED_BY = "review_simulation"
# The locale of a listing that comes without one.
DEFAULT_LOCALE = "en-US"
# What a document store holds (see `ports.DocumentStore`), many times what Apple takes.
LISTING_LIMIT = 256 * 1024


class Shape(NamedTuple):
    """The types of a locale and of the listing in it."""

    locale: Any
    listing: Any


def shape_of(job_type: JobType | None) -> Shape:
    """As the input of a job type has listings by locale; anything goes where it has none."""
    if job_type is None or "listings" not in job_type.input.model_fields:
        return Shape(str, dict[str, Any])
    return Shape(*get_args(job_type.input.model_fields["listings"].annotation))


def store_listing(call: Call) -> str:
    """Keep the body as the listing of a project and a locale, and return it as it is kept.

    Raises: BodyTooLarge, what `Request.json` raises, InvalidFields.
    """
    if len(call.request.body) > LISTING_LIMIT:
        raise BodyTooLarge(f"A listing is at most 256 KiB ({LISTING_LIMIT:,} bytes).")
    body = call.request.json()
    project_id, locale = project_of(call), call.params["locale"]
    shape = shape_of(call.engine.catalog.newest(LISTED_BY))
    wrong = _locale_errors(shape, locale, "?locale") + _errors(shape.listing, body)
    if wrong:
        raise InvalidFields(wrong)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    keep_listing(call, project_id, locale, text)
    return text


def draft_from(body: Any, call: Call, job_type: JobType) -> Draft:
    """The job that a body asks for; if it needs listings and the body has none, about those stored.

    Raises: InvalidFields.
    """
    draft = draft_of(call, job_type, body)
    if "project_id" not in call.params:
        return draft
    project_id, fields = project_of(call), job_type.input.model_fields
    if "listings" in fields:
        return draft._replace(input=_with_listings(draft.input, call, job_type, project_id))
    if "listing" in fields:
        return draft._replace(input=_with_listing(draft.input, call, job_type, project_id))
    return draft


def _with_listings(given: dict[str, Any], call: Call, job_type: JobType, project_id: str) -> dict[str, Any]:
    if "listings" in given and "listing" in given:
        raise InvalidFields([FieldError("/listing", "is given beside listings: one of them is enough")])
    if "listings" in given:
        return given
    if "listing" in given:
        return _written_out(given, job_type)
    stored = find_listings(call, project_id)
    if not stored:
        _refuse(given, job_type, "listings", _how_to_store(project_id, "{locale}"))
    size = sum(len(text.encode()) for text in stored.values())
    if size > BODY_LIMIT:
        said = f"those stored have {size:,} bytes, and one job takes {BODY_LIMIT:,}: give some of them here"
        _refuse(given, job_type, "listings", said)
    return given | {"listings": {locale: json.loads(text) for locale, text in stored.items()}}


def _with_listing(given: dict[str, Any], call: Call, job_type: JobType, project_id: str) -> dict[str, Any]:
    locale = given.get("source_locale", DEFAULT_LOCALE)
    if "listing" in given or not isinstance(locale, str) or not LOCALE.fullmatch(locale):
        return given
    stored = find_listing(call, project_id, locale)
    if stored is None:
        _refuse(given, job_type, "listing", _how_to_store(project_id, locale))
    return given | {"listing": json.loads(stored)}


def _written_out(given: dict[str, Any], job_type: JobType) -> dict[str, Any]:
    """`listing` and `locale` as `listings` of one. What is wrong is told where the body has it.

    Raises: InvalidFields.
    """
    locale = given.get("locale", DEFAULT_LOCALE)
    wrong = _locale_errors(shape_of(job_type), locale, "/locale")
    known = DEFAULT_LOCALE if wrong else locale
    rest = {name: value for name, value in given.items() if name not in ("listing", "locale")}
    written_out = rest | {"listings": {known: given["listing"]}}
    place = f"/listings/{known}"
    for each in job_type.errors_in(written_out, ""):
        inside = each.pointer.startswith(place)
        pointer = f"/listing{each.pointer.removeprefix(place)}" if inside else each.pointer
        wrong.append(FieldError(pointer, each.message))
    if wrong:
        raise InvalidFields(wrong)
    return written_out


def _locale_errors(shape: Shape, locale: Any, at: str) -> list[FieldError]:
    if not isinstance(locale, str) or not LOCALE.fullmatch(locale):
        return [FieldError(at, f"must be a locale, such as {DEFAULT_LOCALE}")]
    return _errors(shape.locale, locale, at)


def _errors(kind: Any, value: Any, at: str = "") -> list[FieldError]:
    try:
        TypeAdapter(kind).validate_json(json.dumps(value, ensure_ascii=False))
    except ValidationError as error:
        return field_errors(error, at)
    return []


def _how_to_store(project_id: str, locale: str) -> str:
    stored = "no listing" if locale == "{locale}" else f"no {locale} listing"
    return f"the project has {stored} stored: PUT {listing_path(project_id, locale)} stores one"


def _refuse(given: dict[str, Any], job_type: JobType, field: str, message: str) -> NoReturn:
    """Raises: InvalidFields, with whatever else is wrong."""
    others = [each for each in job_type.errors_in(given, "") if each.pointer != f"/{field}"]
    raise InvalidFields([FieldError(f"/{field}", f"is not given, and {message}"), *others])
