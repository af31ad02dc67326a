"""Prints the description of everything that a deployment with these job types serves."""

import json
import sys

from claimcheck.catalog import load_catalog
from claimcheck.dialects import ALL
from claimcheck.openapi import describe


def main() -> None:
    document = describe(ALL, load_catalog())
    sys.stdout.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
