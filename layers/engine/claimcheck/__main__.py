"""usage: python -m claimcheck issue-key ORG [--scopes jobs:read,jobs:write] [--limit 600] [--plan free]
                                    [--dialect canonical] [--label TEXT]
       python -m claimcheck disable-key ID

For whoever runs a deployment, with AWS credentials and TABLE_NAME set. `issue-key` prints the key,
which cannot be seen again, and its id, by which it can be disabled.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace

from claimcheck.bootstrap import bootstrap
from claimcheck.tenancy import READ, WRITE, ApiKey, issue_key


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    return int(asked.command(asked))


def _issue(asked: Namespace) -> int:
    try:
        key = ApiKey(
            org=asked.org,
            scopes=tuple(asked.scopes.split(",")),
            plan=asked.plan,
            limit=asked.limit,
            dialect=asked.dialect,
            label=asked.label,
        )
    except ValueError:
        return 2
    issue_key(bootstrap().keys, key)
    return 0


def _disable(asked: Namespace) -> int:
    keys = bootstrap().keys
    key = keys.api_key(asked.id)
    if key is None:
        return 1
    keys.put_api_key(asked.id, replace(key, disabled=True))
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m claimcheck", usage=(__doc__ or "").removeprefix("usage: "))
    commands = parser.add_subparsers(required=True)
    issue = commands.add_parser("issue-key")
    issue.add_argument("org")
    issue.add_argument("--scopes", default=f"{READ},{WRITE}")
    issue.add_argument("--limit", type=int, default=600)
    issue.add_argument("--plan", default="free")
    issue.add_argument("--dialect", default="canonical")
    issue.add_argument("--label", default="")
    issue.set_defaults(command=_issue)
    disable = commands.add_parser("disable-key")
    disable.add_argument("id")
    disable.set_defaults(command=_disable)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
