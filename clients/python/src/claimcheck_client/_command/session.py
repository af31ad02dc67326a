"""Which deployment a command talks to, and with which key."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from claimcheck_client import Claimcheck
from claimcheck_client._command.inputs import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "CLAIMCHECK_URL"
KEY = "CLAIMCHECK_KEY"


def profile() -> Path:
    """Return the file that `login` writes (XDG Base Directory Specification)."""
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "claimcheck" / "profile.json"


def store_profile(url: str, key: str) -> None:
    """Store the profile, readable by its owner only, at once or not at all.

    Raises: WrongUsage if it cannot be written.
    """
    path = profile()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            written = Path(folder, path.name)
            written.touch(0o600)
            written.write_text(json.dumps({"url": url, "key": key}))
            written.replace(path)
    except OSError as error:
        place = error.filename2 or error.filename
        raise WrongUsage(f"{place} cannot be written: {error.strerror}.") from error


def connect() -> Claimcheck:
    """Return a client of the variables' deployment, or of the profile's.

    Raises: WrongUsage without either; ValueError if the URL or the key cannot be one. A profile's key is
    never sent to a variable's URL.
    """
    url, key = os.environ.get(URL), os.environ.get(KEY)
    if url and key:
        return Claimcheck(url, key)
    if url or key:
        raise WrongUsage(f"Set both {URL} and {KEY}, or none of them.")
    try:
        stored = json.loads(profile().read_text())
        url, key = str(stored["url"]), str(stored["key"])
    except FileNotFoundError as error:
        raise WrongUsage(f"Run `claimcheck login`, or set {URL} and {KEY}.") from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise WrongUsage(f"{profile()} cannot be read: run `claimcheck login` again.") from error
    return Claimcheck(url, key)


@dataclass(frozen=True)
class Session:
    """The deployment and the clock of a command."""

    connect: Callable[[], Claimcheck] = connect
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
