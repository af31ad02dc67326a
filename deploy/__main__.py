"""usage: python -m deploy doctor | deploy [--stage dev] [--region R] [--org ORG]
       python -m deploy smoke [--stack NAME] [--region R] [--url URL] [--callback URL] [--no-wait]
       python -m deploy adopt [--stage dev]

doctor  look for what could make a deploy fail, and say what to do about it
deploy  check, build and deploy a stage of samconfig.toml, without questions
smoke   walk through a deployed stack, or through the local one, and say which promises it keeps
adopt   print a template of only the stage's table and bucket, for CloudFormation's import
"""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections import Counter

from botocore.exceptions import BotoCoreError, ClientError

from claimcheck.bootstrap import bootstrap
from claimcheck.domain.errors import ClaimcheckError
from claimcheck.settings import Settings
from deploy import bill, doctor, smoke
from deploy.account import Account
from deploy.stages import Refused, Stage, read_stage, retained
from local import PROJECT, working_copy


def examine(asked: Namespace) -> int:
    return 0 if _healthy(read_stage(asked.stage), Account(asked.region)) else 1


def _healthy(stage: Stage, account: Account) -> bool:
    levels = []
    for finding in doctor.examine(stage, account):
        print(finding)
        levels.append(finding.level)
    return "stop" not in levels


def deploy(asked: Namespace) -> int:
    stage, account = read_stage(asked.stage), Account(asked.region)
    if not _healthy(stage, account):
        print("\nNothing was deployed. Lines that begin with `stop` say what to do first.", file=sys.stderr)
        return 1
    chosen = ["--config-env", stage.name, *(["--region", asked.region] if asked.region else [])]
    for command in ("build", "deploy"):
        done = subprocess.run(["sam", command, *chosen], cwd=PROJECT, check=False)
        if done.returncode:
            print(f"\n`sam {command}` failed: its last lines say why.", file=sys.stderr)
            return done.returncode
    _report(stage, account)
    return _first_key(asked.org, stage, account) if asked.org else 0


def _report(stage: Stage, account: Account) -> None:
    stack = account.stack(stage.stack_name)
    assert stack is not None
    resources = account.client("cloudformation").get_paginator("list_stack_resources")
    pages = resources.paginate(StackName=stage.stack_name)
    made = Counter(each["ResourceType"] for page in pages for each in page["StackResourceSummaries"])
    print(f"\nThe stack {stage.stack_name} in {account.region} has:")
    for kind, count in sorted(made.items()):
        print(f"  {count:5}  {kind}")
    print(f"It costs, at list prices without free tiers:\n{bill.printed(stack.parameters)}")
    print(f"\nURL  {stack.outputs['ApiUrl']}")
    name = f"STACK={stage.stack_name} REGION={account.region}"
    print(f"Key  make key ORG=<org> {name}\nTry  make smoke {name}")


def _first_key(org: str, stage: Stage, account: Account) -> int:
    command = [sys.executable, "-m", "claimcheck", "--stack", stage.stack_name, "key", "--org", org]
    environ = os.environ | {"AWS_DEFAULT_REGION": account.region or ""}
    return subprocess.run(command, cwd=PROJECT, env=environ, check=False).returncode


def walk(asked: Namespace) -> int:
    url, table = _deployed(asked)
    engine = bootstrap(Settings.read()._replace(table_name=table))
    lines = []
    for line, kept in smoke.walk_through(smoke.Walk(url, engine, asked.callback, asked.wait)):
        print(line, flush=True)
        lines.append(kept)
    return 0 if all(lines) else 1


def _deployed(asked: Namespace) -> tuple[str, str]:
    """Return the URL and the table of a stack. The SDK then finds its region. Raises: Refused."""
    if not asked.stack:
        running = working_copy.current()
        if running is None:
            raise Refused(
                "No stack is chosen. Give STACK=<its name>, or start the local stack with `make up`."
            )
        os.environ.update(running.endpoint.environ)
        return running.api_url, running.outputs["TableName"]
    account = Account(asked.region)
    stack = account.stack(asked.stack)
    if stack is None:
        raise Refused(
            f"There is no stack {asked.stack} in {account.region}. Give REGION=, or another STACK=."
        )
    os.environ["AWS_DEFAULT_REGION"] = str(account.region)
    url = stack.outputs["ApiUrl"] + stack.parameters.get("BasePath", "")
    return asked.url or url, stack.outputs["TableName"]


def adopt(asked: Namespace) -> int:
    print(json.dumps(retained(read_stage(asked.stage)), indent=1))
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m deploy", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    for name, command in {"doctor": examine, "deploy": deploy, "smoke": walk, "adopt": adopt}.items():
        each = commands.add_parser(name)
        each.set_defaults(command=command)
        if command is not adopt:
            each.add_argument("--region", default=None)
        if command is walk:
            each.add_argument("--stack", default="")
            each.add_argument("--url", default="", help="the URL of a custom domain")
            each.add_argument("--callback", default="")
            each.add_argument("--no-wait", dest="wait", action="store_false")
        else:
            each.add_argument("--stage", default="dev")
        if command is deploy:
            each.add_argument("--org", default="")
    return parser


def main(arguments: list[str]) -> int:
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # in step with sam's output
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.command(asked))
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 2
    except (ClaimcheckError, BotoCoreError, ClientError) as error:
        print(f"AWS refused: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
