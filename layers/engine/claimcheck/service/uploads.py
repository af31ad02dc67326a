"""Uploads: their requests, and the look at each one when a job is submitted with it.

An upload has no row. Its key has the org and its id, its id the time of its request.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

from claimcheck.authoring.catalog import CHECKED
from claimcheck.authoring.files import record_of
from claimcheck.domain.clock import time_of
from claimcheck.domain.errors import FieldError, InvalidFields
from claimcheck.domain.files import UPLOAD_LIFE, UPLOAD_TIME, UPLOADS_LIMIT, StoredFile, upload_key
from claimcheck.domain.job import HOUR, Millis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimcheck.authoring.catalog import JobType, UploadField
    from claimcheck.domain.files import UploadRequest
    from claimcheck.domain.ports import Clock, FileStore, Randomness

UNKNOWN = "names no upload of your organisation: use the upload_id of POST /v1/uploads, once its PUT is done"
EXPIRED = f"names an upload that was requested over {UPLOAD_LIFE // HOUR} hours ago: upload the file again"


class Upload(NamedTuple):
    """An upload that a client may now make, until `expires_at`."""

    upload_id: str
    request: UploadRequest
    expires_at: Millis


class Uploads:
    def __init__(self, store: FileStore, clock: Clock, randomness: Randomness) -> None:
        self._store = store
        self._clock = clock
        self._randomness = randomness

    def request(self, org: str, size: int, content_type: str) -> Upload:
        """Return the request for a file of `size` bytes. Nothing is stored. Raises: Unavailable."""
        now = self._clock.now()
        upload_id = self._randomness.job_id(now)
        request = self._store.upload_request(upload_key(org, upload_id), size, content_type)
        return Upload(upload_id, request, now + UPLOAD_TIME)

    def checked(
        self, org: str, job_type: JobType, data: Any, found: Sequence[UploadField], prefix: str
    ) -> Any:
        """Return an input with the size, type and ETag of each of its uploads, which are kept from now on.

        Raises: InvalidFields, also if the input does not fit now that its sizes are known; Unavailable.
        """
        if len(found) > UPLOADS_LIMIT:
            raise InvalidFields(
                [FieldError(prefix, f"has {len(found)} uploads: {UPLOADS_LIMIT} are allowed")]
            )
        looked_at = {each.upload_id: self._find(org, each.upload_id) for each in found}
        data = deepcopy(data)
        errors = []
        for each in found:
            stored = looked_at[each.upload_id]
            if isinstance(stored, str):
                errors.append(FieldError(each.pointer, stored))
            else:
                _put(data, each.place, record_of(each.upload_id, stored))
        if errors := errors or job_type.findings_in(data, prefix, CHECKED).errors:
            raise InvalidFields(errors)
        for upload_id in looked_at:
            self._store.keep(upload_key(org, upload_id))
        return data

    def _find(self, org: str, upload_id: str) -> StoredFile | str:
        """Return the upload, or what is wrong with it."""
        if time_of(upload_id) <= self._clock.now() - UPLOAD_LIFE:
            return EXPIRED
        return self._store.find(upload_key(org, upload_id)) or UNKNOWN


def _put(data: Any, place: Sequence[int | str], value: Any) -> None:
    *steps, last = place
    for step in steps:
        data = data[step]
    data[last] = value
