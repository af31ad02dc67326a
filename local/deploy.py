"""`sam build` and `sam deploy` for the local stack.

Builds are kept by a hash of their sources. So a second build of the same sources takes no time, and parallel
runs do not disturb each other.
"""

import hashlib
import io
import json
import os
import platform
import shutil
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

import yaml

from local.endpoint import Endpoint
from local.ministack import bare_environ
from local.process import alone
from local.progress import run

SOURCES = ("template.yaml", "packaging", "functions", "layers", "apps", "console")
# Parts of the sources that are not built.
APART = {"__pycache__", "tests", "README.md", "demo.py"}
INDEX = Path("apps", "index.py")  # the build writes its own
ARTIFACTS_BUCKET = "deployment-artifacts"
KEPT_BUILDS = 4
CODE = ("CodeUri", "ContentUri")  # of a function, and of a layer
# The recipes' own command sets up an environment of what ships, in a second. Here, .venv is used: the check
# hides what does not ship.
HERE = "PYTHONPATH=layers/engine:. PYTHONDONTWRITEBYTECODE=1 $(python) -m claimcheck.build"


def target() -> dict[str, str]:
    arm = platform.machine() in ("arm64", "aarch64")
    return {
        "Runtime": f"python{sys.version_info.major}.{sys.version_info.minor}",
        "Architecture": "arm64" if arm else "x86_64",
    }


def build(project: Path, builds: Path, log: Path) -> Path:
    """Build the project for this host if its sources have changed. Return the built template."""
    kept = builds / fingerprint(project)
    template = kept / "build" / "template.yaml"
    # One build at a time: parallel runs wait, and then find the build.
    with alone(builds / "lock"):
        if template.exists():
            os.utime(kept)
        else:
            _build(project, kept, log)
            forget_old(builds)
    return template


def _build(project: Path, kept: Path, log: Path) -> None:
    work = kept.with_name(f"{kept.name}.{os.getpid()}")
    work.mkdir(parents=True)
    command = ["sam", "build", "--build-dir", str(work / "build"), *overrides(target())]
    run("sam build", command, log, sam_environ(log.parent / "tmp"), project)
    zip_artifacts(work / "build")
    shutil.rmtree(kept, ignore_errors=True)
    work.rename(kept)


def zip_artifacts(build: Path) -> None:
    """Zip the artifacts, and let the built template name the zip files. `sam deploy` would make them each
    time. It also reads the template seven times, and JSON takes a hundredth of the time of YAML."""
    template = build / "template.yaml"
    built = yaml.safe_load(template.read_text())
    places = [each.get("Properties") or {} for each in built["Resources"].values()]
    for artifact in [path for path in build.iterdir() if path.is_dir()]:
        files = {path.relative_to(artifact): path for path in artifact.rglob("*") if path.is_file()}
        (build / f"{artifact.name}.zip").write_bytes(zipped(files))
        named = [(each, key) for each in places for key in CODE if each.get(key) == artifact.name]
        assert named, f"{template} names no {artifact.name}"
        for each, key in named:
            each[key] = f"{artifact.name}.zip"
    template.write_text(json.dumps(built))


def zipped(files: Mapping[Path, Path]) -> bytes:
    """Return a zip file with these files, by their names in it. The same content is the same zip file."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, path in sorted(files.items()):
            # Without dates.
            archive.writestr(zipfile.ZipInfo(str(name)), path.read_bytes(), zipfile.ZIP_DEFLATED, 1)
    return output.getvalue()


def fingerprint(project: Path, sources: Iterable[str] = SOURCES, apart: Set[str] = frozenset()) -> str:
    """Return a hash of the sources without folders and files of the names in `apart`."""
    digest = hashlib.sha256(repr(target()).encode())
    for path in source_files(project, sources, apart):
        digest.update(str(path.relative_to(project)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def source_files(
    project: Path, sources: Iterable[str] = SOURCES, apart: Set[str] = frozenset()
) -> Iterator[Path]:
    for name in sources:
        found = [project / name] if (project / name).is_file() else (project / name).rglob("*")
        for path in sorted(found):
            inside = path.relative_to(project)
            if path.is_file() and not (APART | apart) & set(inside.parts) and inside != INDEX:
                yield path


def forget_old(builds: Path) -> None:
    """Keep the newest builds. A folder left by a killed build counts, too."""
    by_age = sorted((p for p in builds.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
    for path in by_age[:-KEPT_BUILDS]:
        shutil.rmtree(path, ignore_errors=True)


def deploy(
    template: Path, config: Path, stack_name: str, parameters: Mapping[str, str], *, log: Path, to: Endpoint
) -> dict[str, str]:
    to.client("s3").create_bucket(Bucket=ARTIFACTS_BUCKET)
    command = ["sam", "deploy", "--template-file", str(template), "--stack-name", stack_name]
    command += ["--config-file", str(config), "--config-env", "local"]
    command += ["--s3-bucket", ARTIFACTS_BUCKET, *overrides(target() | dict(parameters))]
    run("sam deploy", command, log, sam_environ(log.parent / "tmp") | to.environ, template.parent)
    stack = to.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def overrides(parameters: Mapping[str, str]) -> list[str]:
    # In quotes, because SAM takes what follows a space for something else, and no empty value without them.
    return ["--parameter-overrides", *(f"{name}={json.dumps(value)}" for name, value in parameters.items())]


def sam_environ(scratch: Path) -> dict[str, str]:
    """Return an environment with the caller's settings for the package index, but not for AWS."""
    index = ("UV_", "PIP_", "SSL_", "HTTP", "http", "NO_PROXY", "no_proxy")
    ours = {name: value for name, value in os.environ.items() if name.startswith(index)}
    # SAM's own pause before each look at a deployment is five seconds.
    own = {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.2", "CLAIMCHECK_BUILD": HERE}
    return ours | bare_environ(scratch) | own
