"""Write `src/api.ts`, the documents of `/v1` as types: `python clients/typescript/make_types.py`.

They come from the API's description, without the job types of this working copy, which other deployments
need not have.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from pydantic import ConfigDict

from claimcheck.authoring.catalog import Catalog, JobModel, JobType
from claimcheck.build.description import describe
from claimcheck.canonical import endpoints as canonical

PACKAGE = Path(__file__).parent
WRITTEN = PACKAGE / "src/api.ts"


class Anything(JobModel):
    model_config = ConfigDict(extra="allow")


ANY = JobType(name="any", version=1, summary="Any job type", input=Anything, result=Anything)


def make_types() -> str:
    """Return the module. Raises: CalledProcessError, with openapi-typescript's errors."""
    document = describe([canonical.DIALECT], Catalog([ANY]))
    schemas = document["components"]["schemas"]
    # Each response has a problem of its own, which `Problem` stands for.
    shown = {name: schemas[name] for name in schemas if name == "Problem" or not name.endswith("Problem")}
    written = subprocess.run(
        ["npx", "--no-install", "openapi-typescript"],
        cwd=PACKAGE,
        input=json.dumps(document | {"paths": {}, "components": {"schemas": shown}}),
        capture_output=True,
        text=True,
        check=True,
    )
    return written.stdout


if __name__ == "__main__":
    WRITTEN.write_text(make_types())
