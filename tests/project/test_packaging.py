"""The deployed code is complete, ready to run, and contains nothing else."""

import json
import re
import ssl
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import certifi
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from claimcheck.build import requirements
from claimcheck.build.apps import App, read_apps
from claimcheck.build.index import index_of
from tests.kit.deployment import FUNCTIONS, LAYERS, PROJECT, properties, variables
from tests.project.conftest import files_in

CLEAN_IMPORT = Path(__file__).with_name("clean_import.py")
# From AWS's list: "Amazon Trust Services", https://www.amazontrust.com/repository/.
AMAZONS = {f"Amazon Root CA {number}" for number in (1, 2, 3, 4)} | {
    "Starfield Services Root Certificate Authority - G2"
}
CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
PINNED = {
    "engine": PROJECT / "layers/engine/requirements.txt",
    "console": PROJECT / "console/requirements.txt",
}
PLACEHOLDERS = {"LOG_LEVEL": "INFO", "WORKER_TIMEOUT": "120"}


def environ(function: str) -> dict[str, str]:
    """Return the template's variables and Lambda's."""
    names = variables(function).keys() - {"AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"}
    return {name: PLACEHOLDERS.get(name, name.lower()) for name in names} | {
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }


def layers_of(function: str) -> list[str]:
    return [layer["Ref"] for layer in properties(function)["Layers"]]


@cache
def imported(function: str, unpacked: Path, aws_sdk: Path) -> dict[str, Any]:
    """Import the function in an empty interpreter, and return the report."""
    layers = [str(unpacked / layer / "python") for layer in layers_of(function)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", CLEAN_IMPORT, "app", unpacked / function, *layers, aws_sdk],
        env=environ(function),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_finds_all_it_needs_and_compiles_nothing(
    function: str, unpacked: Path, aws_sdk: Path
) -> None:
    before = {path: path.read_bytes() for path in files_in(unpacked / function)}

    assert imported(function, unpacked, aws_sdk)["compiled"] == []
    assert {path: path.read_bytes() for path in files_in(unpacked / function)} == before


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_has_started_collects_garbage(function: str, unpacked: Path, aws_sdk: Path) -> None:
    assert imported(function, unpacked, aws_sdk)["collecting"]


@pytest.mark.parametrize("artifact", [*FUNCTIONS, *LAYERS])
def test_every_module_has_bytecode_of_this_python_that_ignores_dates(artifact: str, unpacked: Path) -> None:
    tag = sys.implementation.cache_tag
    sources = [path for path in files_in(unpacked / artifact) if path.suffix == ".py"]

    assert sources
    for source in sources:
        bytecode = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
        unchecked_hash = 0b01  # PEP 552: hash-based, and not checked against the source
        assert int.from_bytes(bytecode.read_bytes()[4:8], "little") == unchecked_hash, source


def test_a_poll_does_not_pay_for_pydantic_or_a_handler_for_another(unpacked: Path, aws_sdk: Path) -> None:
    modules = imported("GetJob", unpacked, aws_sdk)["modules"]

    assert not {"pydantic", "pydantic_core", "job_types"} & set(modules)


def test_the_layers_lack_what_lambda_provides(unpacked: Path) -> None:
    for layer in LAYERS:
        assert not {"boto3", "botocore", "s3transfer"} & {p.name for p in (unpacked / layer).glob("python/*")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_sdk_trusts_amazons_authorities_as_mozillas_list_has_them(function: str, unpacked: Path) -> None:
    place = Path(variables(function)["AWS_CA_BUNDLE"]["Fn::If"][1]).relative_to("/opt")
    shipped = CERTIFICATE.findall((unpacked / "EngineLayer" / place).read_text())

    assert authorities("\n".join(shipped)) == AMAZONS
    assert set(shipped) <= set(CERTIFICATE.findall(Path(certifi.where()).read_text()))


def authorities(pem: str) -> set[str]:
    """Return the common names that a client trusts with these certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pem)
    pairs: list[Any] = [pair for each in context.get_ca_certs() for part in each["subject"] for pair in part]
    return {value for name, value in pairs if name == "commonName"}


def test_the_console_finds_all_it_needs_and_only_its_own_function_brings_it(unpacked: Path) -> None:
    folder, module = unpacked / "ServeConsole", properties("ServeConsole")["Handler"].rpartition(".")[0]
    done = subprocess.run(
        [sys.executable, "-I", "-S", CLEAN_IMPORT, module, folder],
        env={},
        capture_output=True,
        text=True,
    )
    built = {path.relative_to(folder) for path in files_in(folder / "console") if path.suffix != ".pyc"}
    holders = {p.relative_to(unpacked).parts[0] for p in unpacked.rglob("starlette")}

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["compiled"] == []
    assert {path.parts[1] for path in built} & {
        "tests",
        "__main__.py",
        "pyproject.toml",
        "requirements.txt",
    } == set()
    assert {Path("console/static/console.css"), Path("console/templates/jobs.html")} <= built
    assert holders == {"ServeConsole"}


def test_pillow_is_in_the_worker_alone(unpacked: Path) -> None:
    holders = {p.relative_to(unpacked).parts[0] for p in unpacked.rglob("PIL")}

    assert holders == {"Worker"}


def test_get_job_brings_the_description_of_the_api(unpacked: Path) -> None:
    document = json.loads((unpacked / "GetJob" / "openapi.json").read_text())

    assert document["openapi"].startswith("3.1")


def test_the_layer_of_apps_has_their_code_and_nothing_that_only_their_folders_need(unpacked: Path) -> None:
    layer = unpacked / "AppsLayer/python/apps"
    built = {path.relative_to(layer) for path in files_in(layer) if path.suffix != ".pyc"}
    written = {
        path.relative_to(PROJECT / "apps")
        for path in files_in(PROJECT / "apps")
        if path.suffix == ".py" and path.name != "demo.py" and "tests" not in path.parts
    }

    assert built == written | {Path("index.py")}


def test_the_index_that_is_built_is_made_of_the_apps_that_are_there(unpacked: Path) -> None:
    built = (unpacked / "AppsLayer/python/apps/index.py").read_text()

    assert built == index_of(read_apps(PROJECT / "apps"))


@pytest.mark.parametrize("group", PINNED)
def test_pinned_requirements_are_those_of_the_lock_file(group: str) -> None:
    command = ["uv", "export", "-q", "--frozen", "--only-group", group, "--no-header"]
    done = subprocess.run([*command, "--no-annotate"], cwd=PROJECT, capture_output=True, text=True)

    assert done.stdout == PINNED[group].read_text(), "run make lock"


def test_the_pins_of_the_lock_file_can_constrain_those_of_apps() -> None:
    done = subprocess.run(requirements.EXPORT, cwd=PROJECT, capture_output=True, text=True, check=True)

    constraints = [Requirement(line) for line in done.stdout.splitlines()]

    assert {each.name for each in constraints} >= {"boto3", "pydantic"}
    assert [each for each in constraints if each.url] == []


def pins(file: Path) -> dict[str, str]:
    """Return the version of each package of a `requirements.txt`, by name."""
    lines = file.read_text().splitlines() if file.exists() else []
    found = [Requirement(line.rstrip(" \\")) for line in lines if not line.startswith(" ")]
    return {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in found}


@pytest.mark.parametrize("app", read_apps(PROJECT / "apps"), ids=lambda app: app.name)
def test_an_app_s_pinned_packages_are_those_that_it_asks_for(app: App) -> None:
    """Two files of one layer must not pin two versions, so each has uv.lock's."""
    lock = tomllib.loads((PROJECT / "uv.lock").read_text())["package"]
    locked = {each["name"]: each["version"] for each in lock if "version" in each}
    for part, asked in app.declared.requirements.model_dump(exclude={"without"}).items():
        pinned = pins(app.folder / "requirements" / f"{part}.txt")
        wanted = [Requirement(each) for each in asked]

        assert [each for each in wanted if not _met(each, pinned)] == [], "run make lock"
        assert bool(pinned) == bool(asked), "run make lock"
        assert {name: locked.get(name, version) for name, version in pinned.items()} == pinned, (
            "run make lock"
        )


@pytest.mark.parametrize("file", [*PINNED.values(), *PROJECT.glob("apps/*/requirements/*.txt")], ids=str)
def test_every_package_that_ships_has_its_hashes(file: Path) -> None:
    packages = file.read_text().replace("\\\n", "").splitlines()

    assert all("--hash=sha256:" in package for package in packages)


def _met(wanted: Requirement, pinned: dict[str, str]) -> bool:
    version = pinned.get(canonicalize_name(wanted.name))
    return version is not None and wanted.specifier.contains(version)
