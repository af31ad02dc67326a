"""The pinned packages of each app, in its files `requirements/layer.txt` and `requirements/worker.txt`.

All apps are installed side by side, so a package has one version for all of them.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from claimcheck.build.apps import App

BARE = ("--no-header", "--no-annotate")
# The client of this repository has a path, and no constraint may have one.
EXPORT = ("uv", "export", "-q", "--frozen", "--all-groups", "--no-hashes", "--no-emit-local", *BARE)
COMPILE = (
    "uv",
    "pip",
    "compile",
    "-q",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    *BARE,
)


def lock(apps: Sequence[App]) -> None:
    """Pin the apps' packages: in the versions of `uv.lock`, otherwise in the present ones if possible."""
    asked = {
        app.folder / "requirements" / f"{part}.txt": packages
        for app in apps
        for part, packages in app.declared.requirements.model_dump(exclude={"without"}).items()
    }
    without = sorted({name for app in apps for name in app.declared.requirements.without})
    with tempfile.TemporaryDirectory() as folder:
        locked, together, never = (Path(folder) / f"{name}.txt" for name in ("locked", "together", "never"))
        never.write_text("\n".join(without))
        subprocess.run([*EXPORT, "-o", locked], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        together.write_text("".join(pinned.read_text() for pinned in asked if pinned.exists()))
        _pin(together, [each for packages in asked.values() for each in packages], locked, never)
        for target, packages in asked.items():
            _pin(target, packages, together, never)


def _pin(target: Path, asked: list[str], constraints: Path, never: Path) -> None:
    """Write the pins of packages and of what these need. The file's present pins are kept if possible."""
    if not asked:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(exist_ok=True)
    command = [*COMPILE, "-c", str(constraints), "--excludes", str(never), "-o", str(target), "-"]
    subprocess.run(command, input="\n".join(asked), text=True, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
