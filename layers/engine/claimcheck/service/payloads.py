"""Inputs and results: small ones are in the job's row, others in the object store."""

from collections.abc import Callable
from typing import Literal

from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import Job, Payload
from claimcheck.domain.observability import named, warn
from claimcheck.domain.ports import ObjectStore, Randomness

# Bytes. A row is billed by its size and written three times, an object once.
INLINE_LIMIT = 4 * 1024


class Payloads:
    """`objects` builds the object store on first use: most jobs do not need it."""

    def __init__(self, objects: Callable[[], ObjectStore], randomness: Randomness) -> None:
        self._objects = objects
        self._randomness = randomness

    def store(self, job: Job, kind: Literal["input", "result"], text: str) -> Payload:
        """Keep a text of a job, in an object if it is large. Raises: Unavailable."""
        size = len(text.encode())
        if size <= INLINE_LIMIT:
            return Payload(size, text=text)
        # Few payloads are large.
        from claimcheck.domain.files import input_folder, result_folder

        folder = input_folder(job) if kind == "input" else result_folder(job.org)
        key = f"{folder}{job.job_id}-{self._randomness.token()}.json"
        self._objects().put(key, text)
        return Payload(size, key=key)

    def release(self, before: Job, after: Job) -> None:
        """Delete the object of an input that the job no longer has: it may hold credentials.

        If that fails, or its process ends before, the bucket's lifecycle deletes it.
        """
        if after.input is not None or before.input is None or before.input.key is None:
            return
        try:
            self._objects().delete(before.input.key)
        except Unavailable:
            warn("input not deleted: the bucket's lifecycle will", **named(after))

    def load(self, payload: Payload) -> str:
        if payload.text is not None:
            return payload.text
        assert payload.key is not None
        return self._objects().get(payload.key)

    def url(self, payload: Payload) -> str | None:
        """Return a presigned URL, or None for a payload in the row."""
        return None if payload.key is None else self._objects().url(payload.key)
