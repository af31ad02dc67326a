"""Manage the API keys, credits and signing secrets of a deployment.

Choose the deployment with --stack NAME or the variable TABLE_NAME; AWS credentials come from the
environment. The last line of the output is one JSON object. `key` and `secret` show the new key or secret
only once. Keys are later named by their `id`, a hash. `disable` also pauses the schedules that the key
stored. `freeze` disables an org's keys, pauses its schedules and cancels its bulk jobs; its other jobs go on.
A disabled key can still work for a minute, so repeat both after it. Callbacks are signed with the new secret
and the previous one; older ones end. `delete` deletes all that is stored for an org, and needs the option
--yes.
"""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from claimcheck.bootstrap import Engine, bootstrap
from claimcheck.domain.clock import optional_rfc3339
from claimcheck.domain.errors import ClaimcheckError
from claimcheck.domain.job import DAY
from claimcheck.domain.keys import FREE, LIMIT, PLANS, READ, WRITE, ApiKey
from claimcheck.http.admission import hash_key, issue_key
from claimcheck.installed import dialects
from claimcheck.settings import Settings

MOST = 1_000_000_000
CENTURY = 36_500
"""In days."""
REPEAT = "A disabled key can still work for a minute. Repeat this command then, to stop what it has made."


class Refused(Exception):
    """The command cannot run, for the reason in the message."""


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    try:
        answer = asked.command(_engine(asked.stack), asked)
    except (Refused, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except (ClaimcheckError, BotoCoreError, ClientError) as error:
        print(f"AWS refused the command: {error}", file=sys.stderr)
        return 1
    print(json.dumps(answer))
    return 0


def _engine(stack: str | None) -> Engine:
    settings = Settings.read()
    if stack is not None:
        outputs = _outputs_of(stack)
        settings = settings._replace(table_name=outputs["TableName"], bucket_name=outputs["BucketName"])
    if not settings.table_name:
        raise Refused("No deployment chosen. Start the local stack, give --stack, or set TABLE_NAME.")
    return bootstrap(settings)


def _outputs_of(stack: str) -> dict[str, str]:
    from claimcheck.aws.calls import make_client

    [found] = make_client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def _key(engine: Engine, asked: Namespace) -> dict[str, Any]:
    key = ApiKey(
        org=asked.org,
        scopes=tuple(scope.strip() for scope in asked.scopes.split(",")),
        plan=asked.plan,
        limit=asked.limit,
        daily=asked.daily,
        dialect=asked.dialect,
        label=asked.label,
        expires_at=None if asked.expires is None else engine.clock.now() + asked.expires * DAY,
    )
    prefix = next(each.key_prefix for each in dialects() if each.name == key.dialect)
    secret = issue_key(engine.keys, key, prefix)
    return {"key": secret, **_shown(hash_key(secret), key)}


def _shown(name: str, key: ApiKey) -> dict[str, Any]:
    shown = {"id": name, **asdict(key), "expires_at": optional_rfc3339(key.expires_at)}
    del shown["unknown"]
    return shown


def _keys(engine: Engine, asked: Namespace) -> dict[str, Any]:
    ApiKey(org=asked.org)  # checks the name
    keys = engine.keys.api_keys(asked.org)
    return {"keys": [_shown(name, key) | _use(engine, name, key) for name, key in keys.items()]}


def _use(engine: Engine, name: str, key: ApiKey) -> dict[str, Any]:
    use = engine.keys.use(name, engine.clock.now())
    counted = None if key.daily is None else use.jobs_today
    return {"last_used": optional_rfc3339(use.last), "jobs_today": counted}


def _disable(engine: Engine, asked: Namespace) -> dict[str, Any]:
    key = engine.keys.api_key(asked.id)
    if key is None:
        # The id is not repeated: it may be the key itself.
        raise Refused("No API key has this id. List an org's keys with `keys`.")
    disabled = replace(key, disabled=True)
    engine.keys.put_api_key(asked.id, disabled)
    paused = engine.schedule_editor.pause_all(key.org, asked.id)
    print(REPEAT, file=sys.stderr)
    return _shown(asked.id, disabled) | {"paused_schedules": paused}


def _freeze(engine: Engine, asked: Namespace) -> dict[str, Any]:
    from claimcheck.service.bulk import cancel_bulk_jobs

    keys = engine.keys.api_keys(ApiKey(org=asked.org).org)
    for name, key in keys.items():
        engine.keys.put_api_key(name, replace(key, disabled=True))
    print(REPEAT, file=sys.stderr)
    return {
        "org": asked.org,
        "disabled_keys": [name for name, key in keys.items() if not key.disabled],
        "paused_schedules": engine.schedule_editor.pause_all(asked.org),
        "cancelled_bulk_jobs": cancel_bulk_jobs(engine.reader, engine.editor, asked.org),
    }


def _credits(engine: Engine, asked: Namespace) -> dict[str, Any]:
    ApiKey(org=asked.org)  # checks the name
    if asked.add:
        engine.credits.add_credits(asked.org, asked.add, engine.clock.now(), engine.randomness.token())
    return {"org": asked.org, "credits": engine.credits.credits(asked.org)}


def _secret(engine: Engine, asked: Namespace) -> dict[str, Any]:
    from claimcheck.service.callbacks.signing import issue_secret, secrets_of

    ApiKey(org=asked.org)  # checks the name
    secret = issue_secret(engine.documents, asked.org, engine.clock.now())
    return {"org": asked.org, "secret": secret, "valid": len(secrets_of(engine.documents, asked.org))}


def _delete(engine: Engine, asked: Namespace) -> dict[str, Any]:
    ApiKey(org=asked.org)  # checks the name
    if not asked.yes:
        raise Refused(f"This deletes all jobs, files, schedules, credits and keys of {asked.org}: add --yes.")
    return {"org": asked.org, **engine.erasure.erase(asked.org)._asdict()}


COMMANDS = {
    "key": _key,
    "keys": _keys,
    "disable": _disable,
    "freeze": _freeze,
    "credits": _credits,
    "secret": _secret,
    "delete": _delete,
}


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m claimcheck", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", help="the name of the stack on AWS")
    commands = parser.add_subparsers(required=True)
    for name, command in COMMANDS.items():
        each = commands.add_parser(name)
        each.add_argument("--id" if command is _disable else "--org", required=True)
        each.set_defaults(command=command)
        if command is _key:
            _add_key_options(each)
        if command is _credits:
            each.add_argument("--add", type=_number(0, MOST), default=0)
        if command is _delete:
            each.add_argument("--yes", action="store_true")
    return parser


def _add_key_options(parser: ArgumentParser) -> None:
    parser.add_argument("--plan", default=FREE, choices=PLANS)
    parser.add_argument("--limit", type=_number(1, MOST), default=LIMIT)
    parser.add_argument("--daily", type=_number(1, MOST), help="jobs accepted in a day, in UTC")
    parser.add_argument("--scopes", default=f"{READ},{WRITE}")
    parser.add_argument("--dialect", default=dialects()[0].name, choices=[each.name for each in dialects()])
    parser.add_argument("--label", default="")
    parser.add_argument("--expires", type=_number(1, CENTURY), help="days until the key stops working")


def _number(least: int, most: int) -> Callable[[str], int]:
    """Return a parser of whole numbers in these limits, both included."""

    def parse(text: str) -> int:
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        raise ArgumentTypeError(f"must be a whole number from {least} to {most}")

    return parse


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
