"""The stored listings of an org: documents named `<project>#<locale>`.

Neither part can contain `#`, so the prefix `<project>#` finds only this project's listings.
"""

import re

from claimcheck.domain.errors import FieldError, InvalidFields
from claimcheck.http.contract import Call

KIND = "listing"
PROJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# RFC 5646, section 4.4.1: 35 characters are enough for a language, script, region and variants.
LOCALE = re.compile(r"[A-Za-z0-9-]{1,35}")


def project_of(call: Call) -> str:
    """Raises: InvalidFields."""
    project_id = call.params["project_id"]
    if not PROJECT_ID.fullmatch(project_id):
        raise InvalidFields(
            [FieldError("?project_id", "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -")]
        )
    return project_id


def listing_path(project_id: str, locale: str) -> str:
    return f"/api/v1/projects/{project_id}/listings/{locale}"


def find_listings(call: Call, project_id: str) -> dict[str, str]:
    """Return a project's listings as JSON texts, ordered by locale."""
    found = call.engine.documents.find(call.org, KIND, f"{project_id}#")
    return {name.partition("#")[2]: text for name, text in found.items()}


def find_listing(call: Call, project_id: str, locale: str) -> str | None:
    if not LOCALE.fullmatch(locale):
        return None
    name = f"{project_id}#{locale}"
    # `find` takes a prefix: `en` also finds `en-US`.
    return call.engine.documents.find(call.org, KIND, name).get(name)


def keep_listing(call: Call, project_id: str, locale: str, text: str) -> None:
    call.engine.documents.put(call.org, KIND, f"{project_id}#{locale}", text)
