"""Inputs, uploads and result files: where they are stored, and who can find them. Rules without I/O.

An object's key starts with a folder of its org. So all that an org has in the bucket can be found without a
row, and a job cannot name another org's upload. The bucket deletes the objects of each folder of inputs after
some days, so nobody has to delete the input of a failed job when the job expires.

A result file's key ends in a token: the file's number, and a signature of it with a secret of the attempt
that saved it. The secret is stored with the job when that attempt completes it, and never shown. So a token
is valid only for a file that this attempt saved, and is found only in the result.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import NamedTuple
from urllib.parse import quote

from claimcheck.domain.job import DAY, HOUR, Job, Millis

# The folders of inputs, by the days for which the bucket keeps their objects: the template has a rule for
# each. A job needs 3 days by default, at most 61 after its start, and at most 151 in all.
INPUT_FOLDERS = {days: f"input/{days}" for days in (4, 16, 64, 180)}
RESULTS, UPLOADS = "result", "uploads"
# Bytes of an upload, and of a result file. S3 takes up to 5 GiB in one PUT (Amazon S3 User Guide, "Uploading
# objects").
FILE_LIMIT = 1024**3
# The most files that an attempt saves, and the most uploads of an input.
FILES_LIMIT = 1000
UPLOADS_LIMIT = 100
NAME_LIMIT = 255  # characters
DIGITS = 3  # of a file's number, in hexadecimal
# From the request for an upload: how long its URL works, and how long jobs can use it. The bucket
# keeps an unused upload for a day.
UPLOAD_TIME: Millis = HOUR
UPLOAD_LIFE: Millis = 12 * HOUR
UPLOAD_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Separators of paths, and characters without a shape, which could hide a name's end.
FORBIDDEN = re.compile(r"[/\\\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
MEDIA_TYPE = re.compile(r"[A-Za-z0-9_!#$&^.+-]{1,127}/[A-Za-z0-9_!#$&^.+-]{1,127}(;[\x20-\x7e]{1,100})?")


class StoredFile(NamedTuple):
    """A file in the store. `size` is in bytes; the ETag changes with the content."""

    etag: str
    size: int
    content_type: str


class UploadRequest(NamedTuple):
    """A `PUT` that uploads one file, without credentials. It needs all `headers` as they are."""

    url: str
    headers: dict[str, str]


def folders_of(org: str) -> list[str]:
    """Return all folders with objects of an org."""
    return [_folder(name, org) for name in (UPLOADS, RESULTS, *INPUT_FOLDERS.values())]


def _folder(name: str, org: str) -> str:
    return f"{name}/{hashlib.sha256(org.encode()).hexdigest()[:32]}/"


def input_folder(job: Job) -> str:
    """Return the folder of a job's input. It is kept until the job expires, even if it ends a day late."""
    needed = job.last_needed + DAY - job.created_at
    return _folder(next(name for days, name in INPUT_FOLDERS.items() if days * DAY >= needed), job.org)


def result_folder(org: str) -> str:
    return _folder(RESULTS, org)


def upload_key(org: str, upload_id: str) -> str:
    return f"{_folder(UPLOADS, org)}{upload_id}"


def file_key(org: str, job_id: str, token: str) -> str:
    return f"{result_folder(org)}{job_id}-{token}"


def file_token(secret: str, number: int) -> str:
    return _signed(secret, f"{number:0{DIGITS}x}")


def is_token(token: str, secret: str) -> bool:
    signed = _signed(secret, token[:DIGITS])
    return hmac.compare_digest(token.encode(errors="replace"), signed.encode(errors="replace"))


def _signed(secret: str, digits: str) -> str:
    signature = hmac.new(secret.encode(), digits.encode(errors="replace"), "sha256")
    return digits + signature.hexdigest()[:32]


def file_path(job_id: str, token: str, name: str) -> str:
    """Return a file's path. The name in it is for people: gateways decode paths in different ways."""
    return f"/v1/jobs/{job_id}/files/{token}/{quote(name, safe='')}"


def check_name(name: str) -> None:
    """Raises: ValueError unless `name` can be a file's name: 1 to 255 characters without a path."""
    if not 1 <= len(name) <= NAME_LIMIT:
        raise ValueError(f"a file's name must have 1 to {NAME_LIMIT} characters, not {len(name)}")
    if name in (".", "..") or FORBIDDEN.search(name):
        raise ValueError(
            f"a file's name must have no slash, backslash or control character, and not be . or ..: {name!r}"
        )


def check_media_type(content_type: str) -> str:
    """Return it. Raises: ValueError unless it is a media type (RFC 9110, section 8.3.1)."""
    if not MEDIA_TYPE.fullmatch(content_type):
        raise ValueError("a content type must be a media type, such as text/csv; charset=utf-8")
    return content_type


def attachment(name: str) -> str:
    """Return the Content-Disposition with which a browser saves a file (RFC 6266, section 4)."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
