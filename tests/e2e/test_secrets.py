"""A deployed handler reads its app's secrets from Parameter Store, and nothing shows them."""

import tomllib
from hashlib import sha256

from local.stack import Stack
from tests.kit.client import Client
from tests.kit.deployed_stack import ADDED, logged

SECRET = tomllib.loads((ADDED / "local.toml").read_text())["secrets"]["added"]["pass_phrase"]


def test_a_handler_reads_a_secret_that_no_log_and_no_variable_shows(acme: Client, deployed: Stack) -> None:
    job_id = acme.submit("fingerprint", {"secret": "pass_phrase"})

    result = acme.ended(job_id, within=30)["result"]

    assert result == {"sha256": sha256(SECRET.encode()).hexdigest()}
    worker = deployed.outputs["WorkerName"]
    found = deployed.endpoint.client("lambda").get_function_configuration(FunctionName=worker)
    place = "arn:aws:ssm:us-east-1:000000000000:parameter/claimcheck/added/pass_phrase"
    assert found["Environment"]["Variables"]["ADDED__PASS_PHRASE"] == place
    assert SECRET not in f"{found} {logged(deployed, 'worker')}"


def test_a_secret_without_a_value_fails_the_job_and_the_log_names_it(acme: Client, deployed: Stack) -> None:
    job_id = acme.submit("fingerprint", {"secret": "unset"})

    error = acme.ended(job_id, within=60)["error"]

    assert error["code"] == "secret_unavailable"
    [line, *_] = [line for line in logged(deployed, "worker") if "secret not read" in line]
    assert '"secret":"unset"' in line
    assert '"reason":"ParameterNotFound"' in line
