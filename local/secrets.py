"""Secrets for local runs, from the file `secrets.toml` in the project's folder, which git ignores.

[billing]
stripe_key = "sk_test_…"
"""

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from claimcheck.build.apps import read_apps
from claimcheck.build.secrets import Secret, secrets_of
from local.endpoint import Endpoint
from local.progress import StepFailed

FILE = "secrets.toml"
Values = dict[str, dict[str, str]]


def store(project: Path, endpoint: Endpoint, stack_name: str) -> None:
    """Put the secrets that apps declare into Parameter Store, and report missing ones. Raises: StepFailed."""
    ssm, values, declared = endpoint.client("ssm"), read(project), declared_by(project)
    missing = missing_from(values, declared)
    for each in declared:
        if each not in missing:
            name, value = f"/{stack_name}/{each.path}", values[each.app][each.name]
            ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    if missing:
        print(f"{report(missing)}\nThen run `make up`. Jobs that need them fail until then.", file=sys.stderr)


def of_app(project: Path, app: str) -> dict[str, str]:
    """Return the secrets that an app declares. Raises: StepFailed if one is missing."""
    values = read(project)
    declared = [each for each in declared_by(project) if each.app == app]
    if missing := missing_from(values, declared):
        raise StepFailed(report(missing))
    return {each.name: values[app][each.name] for each in declared}


def read(project: Path) -> Values:
    """Return the secrets in the file, by app. Raises: StepFailed if it is not valid."""
    file = project / FILE
    try:
        found = tomllib.loads(file.read_text()) if file.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StepFailed(f"{file}: this is not valid TOML: {error}.") from None
    for app, secrets in found.items():
        values = secrets.values() if isinstance(secrets, dict) else [None]
        if not all(isinstance(each, str) and each for each in values):
            raise StepFailed(f'{file}: under [{app}], write each secret as: name = "…". It cannot be empty.')
    return found


def declared_by(project: Path) -> list[Secret]:
    return [secret for app in read_apps(project / "apps") for secret in secrets_of(app)]


def missing_from(values: Values, declared: Sequence[Secret]) -> list[Secret]:
    return [each for each in declared if each.name not in values.get(each.app, {})]


def report(missing: Sequence[Secret]) -> str:
    lines = (f'  [{each.app}]\n  {each.name} = "…"  # {each.description}' for each in missing)
    return f"Secrets are missing. Put them into {FILE}, which git ignores:\n" + "\n".join(lines)
