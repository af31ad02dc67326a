"""Store listings, and submit jobs that use them.

A job type's field `listings` takes listings by locale; a field `listing` takes the one of `source_locale`.
"""

import json
from typing import Any, NamedTuple, NoReturn, get_args

from pydantic import TypeAdapter, ValidationError

from apps.forvibe.dialect.listings import (
    LOCALE,
    find_listing,
    find_listings,
    keep_listing,
    listing_path,
    project_of,
)
from claimcheck.authoring.catalog import JobType, field_errors
from claimcheck.domain.errors import BodyTooLarge, FieldError, InvalidFields
from claimcheck.http.contract import BODY_LIMIT, Call
from claimcheck.http.submissions import draft_of
from claimcheck.service.submission import Draft

# The job type whose input defines a listing.
LISTED_BY = "review_simulation"
DEFAULT_LOCALE = "en-US"
# Bytes: the limit of `ports.DocumentStore`, well above Apple's limits.
LISTING_LIMIT = 256 * 1024


class Shape(NamedTuple):
    locale: Any
    listing: Any


def shape_of(job_type: JobType | None) -> Shape:
    """Return the types from the input's field `listings`; any object if there is no such field."""
    if job_type is None or "listings" not in job_type.input.model_fields:
        return Shape(str, dict[str, Any])
    return Shape(*get_args(job_type.input.model_fields["listings"].annotation))


def store_listing(call: Call) -> str:
    """Store the body as the listing of a project and locale, and return the stored JSON.

    Raises: BodyTooLarge, InvalidFields, and the errors of `Request.json`.
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
    """Return the draft of a job, with the stored listings if the body has none.

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
        raise InvalidFields(
            [FieldError("/listing", "cannot be given together with listings: use one of them")]
        )
    if "listings" in given:
        return given
    if "listing" in given:
        return _by_locale(given, job_type)
    stored = find_listings(call, project_id)
    if not stored:
        path = listing_path(project_id, "{locale}")
        _refuse(given, job_type, "listings", f"the project has no stored listing: PUT {path} to store one")
    size = sum(len(text.encode()) for text in stored.values())
    if size > BODY_LIMIT:
        too_large = (
            f"the stored ones have {size:,} bytes, over the limit of {BODY_LIMIT:,}: give some of them"
        )
        _refuse(given, job_type, "listings", too_large)
    return given | {"listings": {locale: json.loads(text) for locale, text in stored.items()}}


def _with_listing(given: dict[str, Any], call: Call, job_type: JobType, project_id: str) -> dict[str, Any]:
    locale = given.get("source_locale", DEFAULT_LOCALE)
    if "listing" in given or not isinstance(locale, str) or not LOCALE.fullmatch(locale):
        return given
    stored = find_listing(call, project_id, locale)
    if stored is None:
        how = f"PUT {listing_path(project_id, locale)} to store one"
        _refuse(given, job_type, "listing", f"the project has no stored listing for {locale}: {how}")
    return given | {"listing": json.loads(stored)}


def _by_locale(given: dict[str, Any], job_type: JobType) -> dict[str, Any]:
    """Replace `listing` and `locale` with `listings`; errors still point into the original body.

    Raises: InvalidFields.
    """
    locale = given.get("locale", DEFAULT_LOCALE)
    wrong = _locale_errors(shape_of(job_type), locale, "/locale")
    known = DEFAULT_LOCALE if wrong else locale
    rest = {name: value for name, value in given.items() if name not in ("listing", "locale")}
    by_locale = rest | {"listings": {known: given["listing"]}}
    place = f"/listings/{known}"
    for each in job_type.errors_in(by_locale, ""):
        inside = each.pointer.startswith(place)
        pointer = f"/listing{each.pointer.removeprefix(place)}" if inside else each.pointer
        wrong.append(FieldError(pointer, each.message))
    if wrong:
        raise InvalidFields(wrong)
    return by_locale


def _locale_errors(shape: Shape, locale: Any, at: str) -> list[FieldError]:
    if not isinstance(locale, str) or not LOCALE.fullmatch(locale):
        return [FieldError(at, f"must be a locale such as {DEFAULT_LOCALE}")]
    return _errors(shape.locale, locale, at)


def _errors(kind: Any, value: Any, at: str = "") -> list[FieldError]:
    try:
        TypeAdapter(kind).validate_json(json.dumps(value, ensure_ascii=False))
    except ValidationError as error:
        return field_errors(error, at)
    return []


def _refuse(given: dict[str, Any], job_type: JobType, field: str, message: str) -> NoReturn:
    """Raises: InvalidFields, for the missing field and all other invalid fields."""
    others = [each for each in job_type.errors_in(given, "") if each.pointer != f"/{field}"]
    raise InvalidFields([FieldError(f"/{field}", f"is missing, and {message}"), *others])
