"""The parts of a start: the instructions of one snippet minus those of another.

docs/decisions/0009-what-a-start-is-made-of.md has the conclusions.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from bench.figures import Figure, Findings
from bench.program import ENVIRONMENT, instructions_of
from bench.stage import stage

if TYPE_CHECKING:
    from bench.stage import Stage

MILLION = 1e6
CALLS = 10
SESSION = "from botocore.session import Session; session = Session()"
CLIENT = f"{SESSION}; client = session.create_client('dynamodb')"
READ = "client.get_item(TableName=os.environ['TABLE_NAME'], Key={'pk': {'S': 'x'}, 'sk': {'S': 'x'}})"
FIXED = f"""
from botocore.config import Config
{SESSION}
client = session.create_client('dynamodb', config=Config(user_agent='fixed'))
"""
TRUST = "import ssl; context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)"
CATALOG = "from claimcheck.installed import load_catalog; catalog = load_catalog(); catalog.versions"
BUILD = f"""
{CATALOG}
for job_type in catalog.versions:
    job_type.input.model_rebuild(force=True)
    job_type.result.model_rebuild(force=True)
"""

PYDANTIC = "import claimcheck.aws.calls; from pydantic import BaseModel\nclass Model(BaseModel): pass"
POWERTOOLS = (
    "import claimcheck.aws.calls; from aws_lambda_powertools import Logger; "
    "from aws_lambda_powertools.metrics import EphemeralMetrics"
)


class Variant(NamedTuple):
    """`what` costs `more` minus `less`, divided by `calls`. For `more`, `variables` are set to an empty
    path."""

    name: str
    what: str
    less: str
    more: str
    calls: int = 1
    variables: tuple[str, ...] = ()


def variants(here: Stage) -> list[Variant]:
    whole = here.image.sdk / "botocore" / "cacert.pem"
    amazons = here.image.artifacts / "EngineLayer" / "python" / "claimcheck" / "amazon_roots.pem"
    app = "import app"
    return [
        Variant("import", "importing botocore's session", "pass", SESSION),
        Variant("client", "creating the first client, of DynamoDB", SESSION, CLIENT),
        Variant(
            "second", "creating a second client, of SQS", CLIENT, f"{CLIENT}; session.create_client('sqs')"
        ),
        Variant("third", "creating a third client, of S3", CLIENT, f"{CLIENT}; session.create_client('s3')"),
        Variant("boto3", "importing boto3 on top", CLIENT, "import boto3; boto3.client('dynamodb')"),
        Variant(
            "whole", "reading Mozilla's list of authorities, per connection", TRUST, trusting(str(whole))
        ),
        Variant(
            "amazons", "reading Amazon's authorities alone, per connection", TRUST, trusting(str(amazons))
        ),
        Variant("agent", "building the user agent, per call", calling(FIXED), calling(CLIENT), CALLS),
        Variant("pydantic", "importing pydantic", "import claimcheck.aws.calls", PYDANTIC),
        Variant("declared", "declaring the job types", "import claimcheck.authoring.catalog", CATALOG),
        Variant("built", "building all of their models", CATALOG, BUILD),
        Variant(
            "powertools",
            "importing Powertools' logger and metrics",
            "import claimcheck.aws.calls",
            POWERTOOLS,
        ),
        Variant(
            "bytecode",
            "compiling a function and all it imports",
            app,
            app,
            variables=("PYTHONPYCACHEPREFIX",),
        ),
    ]


def trusting(path: str) -> str:
    return f"{TRUST}; context.load_verify_locations({path!r})"


def calling(made: str) -> str:
    return f"{made}\nfor _ in range({CALLS}): {READ}"


def measure() -> Findings:
    with stage() as here:
        tried = variants(here)
        here.program("SubmitJob")  # Writes the certificates before the threads start.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = dict(zip(tried, pool.map(lambda each: cost(here, each) / MILLION, tried), strict=True))
    figures = [Figure(each.name, each.what, round(millions, 2), unit="M") for each, millions in found.items()]
    return Findings(figures=figures)


def cost(here: Stage, variant: Variant) -> float:
    nowhere = dict.fromkeys(variant.variables, str(here.folder / "nowhere"))
    return (run(here, variant.more, nowhere) - run(here, variant.less, {})) / variant.calls


def run(here: Stage, code: str, variables: dict[str, str]) -> int:
    """Return the instructions of an interpreter that runs `code` in place of `SubmitJob`."""
    program = here.program("SubmitJob")
    paths = [str(path) for path in program.paths]
    script = f"import os, sys; sys.path[:0] = {paths!r}\n{code}\nos._exit(0)"
    environment = ENVIRONMENT | dict(program.environment) | variables
    return instructions_of([sys.executable, "-S", "-c", script], environment)
