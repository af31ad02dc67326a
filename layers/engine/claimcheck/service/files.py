"""The files of an attempt: it opens those of its input, and saves those of its result."""

from __future__ import annotations

import io
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

from claimcheck.domain.outcome import Fail

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring.files import File, FileRef
    from claimcheck.domain.job import Job
    from claimcheck.domain.ports import FileStore


class AttemptFiles:
    """`secret` is the attempt's own. `saved` are its files, by their URLs. `base_path` comes before these."""

    def __init__(self, store: Callable[[], FileStore], job: Job, secret: str, base_path: str) -> None:
        self._store = store
        self._job = job
        self._secret = secret
        self._base_path = base_path
        self.saved: dict[str, FileRef] = {}
        # Handlers may save in threads: each file has a number of its own, also one that was not stored.
        self._alone, self._taken = Lock(), 0

    @property
    def secret(self) -> str | None:
        """The secret that the job needs if this attempt completes it: None without files."""
        return self._secret if self.saved else None

    def open(self, file: File) -> BinaryIO:
        """Raises: Fail with the code `upload_gone`; Unavailable."""
        if file.content is not None:
            return io.BytesIO(file.content)
        assert file.upload_id is not None
        assert file.etag is not None
        from claimcheck.domain.files import upload_key

        content = self._store().open(upload_key(self._job.org, file.upload_id), file.etag)
        if content is None:
            raise Fail("upload_gone", "An upload of the input does not exist any more.")
        return content

    def save(self, name: str, content: bytes | BinaryIO, content_type: str) -> FileRef:
        """Raises: ValueError if the file cannot be saved like this; Unavailable."""
        # Few job types have files.
        from claimcheck.authoring.files import FileRef, check_file, readable
        from claimcheck.domain.files import file_key, file_path, file_token

        file = readable(content)
        with self._alone:
            number = self._taken
            size = check_file(name, file, content_type, number)
            self._taken += 1
        token = file_token(self._secret, number)
        self._store().save(file_key(self._job.org, self._job.job_id, token), file, size, content_type, name)
        url = self._base_path + file_path(self._job.job_id, token, name)
        ref = self.saved[url] = FileRef(name=name, size=size, content_type=content_type, url=url)
        return ref
