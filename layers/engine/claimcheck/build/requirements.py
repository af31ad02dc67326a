"""The pinned packages of each app, in its files `requirements/layer.txt` and `requirements/worker.txt`."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from claimcheck.build.apps import App

EXPORT = ("uv", "export", "-q", "--frozen", "--all-groups", "--no-hashes", "--no-header", "--no-annotate")
COMPILE = ("uv", "pip", "compile", "-q", "--universal", "--python-version=3.11", *EXPORT[-2:])


def lock(apps: Sequence[App]) -> None:
    """Pin each app's packages, with the versions of `uv.lock` for those that it has."""
    with tempfile.TemporaryDirectory() as folder:
        locked = Path(folder) / "locked.txt"
        subprocess.run([*EXPORT, "-o", locked], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        for app in apps:
            for part, asked in app.declared.requirements.model_dump().items():
                _write(app.folder / "requirements" / f"{part}.txt", asked, locked)


def _write(target: Path, asked: list[str], locked: Path) -> None:
    if not asked:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(exist_ok=True)
    command = [*COMPILE, "-c", str(locked), "-o", str(target), "-"]
    subprocess.run(command, input="\n".join(asked), text=True, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
