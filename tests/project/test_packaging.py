"""What is deployed is complete, ready to run, and no more than it needs to be."""

import json
import re
import ssl
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import certifi
import pytest

from tests.kit.deployment import FUNCTIONS, LAYERS, PROJECT, properties, variables
from tests.project.conftest import files_in

CLEAN_IMPORT = Path(__file__).with_name("clean_import.py")
# Of AWS's own list: "Amazon Trust Services", https://www.amazontrust.com/repository/.
AMAZONS = {f"Amazon Root CA {number}" for number in (1, 2, 3, 4)} | {
    "Starfield Services Root Certificate Authority - G2"
}
CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
PLACEHOLDERS = {"LOG_LEVEL": "INFO", "WORKER_TIMEOUT": "120"}


def environ(function: str) -> dict[str, str]:
    """The variables that the template sets, and those that Lambda does."""
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
def imported(function: str, unpacked: Path, aws_sdk: Path) -> dict[str, list[str]]:
    """What importing the function in an otherwise empty interpreter comes to."""
    layers = [str(unpacked / layer / "python") for layer in layers_of(function)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", CLEAN_IMPORT, unpacked / function, *layers, aws_sdk],
        env=environ(function),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_finds_all_it_needs_and_compiles_nothing(
    function: str, unpacked: Path, aws_sdk: Path
) -> None:
    before = {path: path.read_bytes() for path in files_in(unpacked / function)}

    assert imported(function, unpacked, aws_sdk)["compiled"] == []
    assert {path: path.read_bytes() for path in files_in(unpacked / function)} == before


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


def test_what_lambda_brings_is_not_in_the_layers(unpacked: Path) -> None:
    for layer in LAYERS:
        assert not {"boto3", "botocore", "s3transfer"} & {p.name for p in (unpacked / layer).glob("python/*")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_sdk_trusts_amazons_authorities_as_mozillas_list_has_them(function: str, unpacked: Path) -> None:
    place = Path(variables(function)["AWS_CA_BUNDLE"]["Fn::If"][1]).relative_to("/opt")
    shipped = CERTIFICATE.findall((unpacked / "EngineLayer" / place).read_text())

    assert authorities("\n".join(shipped)) == AMAZONS
    assert set(shipped) <= set(CERTIFICATE.findall(Path(certifi.where()).read_text()))


def authorities(pem: str) -> set[str]:
    """The common names of those that a client trusts with these certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pem)
    said: list[Any] = [pair for each in context.get_ca_certs() for part in each["subject"] for pair in part]
    return {value for name, value in said if name == "commonName"}


def test_pillow_is_in_the_worker_alone(unpacked: Path) -> None:
    holders = {p.relative_to(unpacked).parts[0] for p in unpacked.rglob("PIL")}

    assert holders == {"Worker"}


def test_get_job_brings_the_description_of_the_api(unpacked: Path) -> None:
    document = json.loads((unpacked / "GetJob" / "openapi.json").read_text())

    assert document["openapi"].startswith("3.1")


def test_the_requirements_are_those_of_the_lock_file() -> None:
    for group, place in (("engine", "layers/engine"), ("worker", "functions/worker")):
        command = ["uv", "export", "-q", "--frozen", "--only-group", group, "--no-hashes", "--no-header"]
        done = subprocess.run([*command, "--no-annotate"], cwd=PROJECT, capture_output=True, text=True)

        assert done.stdout == (PROJECT / place / "requirements.txt").read_text(), "run make lock"
