"""Prints the description of everything that a deployment with these job types serves."""

import sys

from claimcheck.domain.json_text import compact
from claimcheck.installed import dialects, load_catalog
from claimcheck.openapi import describe


def main() -> None:
    document = describe(dialects(), load_catalog())
    sys.stdout.write(compact(document) + "\n")


if __name__ == "__main__":
    main()
