"""One build for this host, shared by the packaging tests, zipped and unzipped like on AWS."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import STATE, deploy
from tests.kit import image
from tests.kit.deployment import PROJECT

SAM_DATE = (1980, 1, 1, 0, 0, 0)


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a folder for each built artifact, zipped and unzipped."""
    place = tmp_path_factory.mktemp("unpacked")
    built = deploy.build(PROJECT, STATE / "builds", place / "build.log").parent
    for artifact in sorted(path for path in built.iterdir() if path.is_dir()):
        archive = place / f"{artifact.name}.zip"
        pack(artifact, archive)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(place / artifact.name)
        archive.unlink()
    return place


def pack(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w") as packed:
        for path in files_in(folder):
            entry = zipfile.ZipInfo(str(path.relative_to(folder)), SAM_DATE)
            packed.writestr(entry, path.read_bytes())


def files_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture(scope="session")
def aws_sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with only boto3 and its dependencies, like Lambda's runtimes."""
    return image.aws_sdk(tmp_path_factory.mktemp("aws_sdk"))
