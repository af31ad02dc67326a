"""Settings for local runs, from the file `local.toml` in the project's folder, which git ignores.

[parameters]                      # of template.yaml
ArchiveUrl = "http://127.0.0.1:9000"

[secrets.billing]                 # those that apps/billing/app.toml declares
stripe_key = "sk_test_…"
"""

import re
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from claimcheck.authoring.messages import message_of
from claimcheck.build.apps import read_apps
from claimcheck.build.secrets import Secret, secrets_of
from local.endpoint import Endpoint
from local.progress import StepFailed

FILE = "local.toml"
Text = Annotated[str, Field(min_length=1)]


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    parameters: dict[str, str] = {}
    secrets: dict[str, dict[str, Text]] = {}


def read(project: Path) -> Settings:
    """Return the settings, none without the file. Raises: StepFailed if it is not valid."""
    file = project / FILE
    try:
        return Settings.model_validate(tomllib.loads(file.read_text()) if file.exists() else {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StepFailed(f"{file}: this is not valid TOML: {error}.") from None
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, each['loc']))}: {message_of(each)}" for each in error.errors())
        raise StepFailed(f"{file}: {'; '.join(wrong)}. See docs/howto/use-tools.md.") from None


def parameters(project: Path) -> dict[str, str]:
    """Return values of parameters. Raises: StepFailed if the template has no such parameter."""
    found = read(project).parameters
    known = re.findall(r"^  (\w+):$", (project / "template.yaml").read_text(), re.MULTILINE)
    if unknown := sorted(found.keys() - set(known)):
        raise StepFailed(f"{project / FILE}: template.yaml has no parameter {', '.join(unknown)}. Remove it.")
    return found


def store_secrets(project: Path, endpoint: Endpoint, stack_name: str) -> None:
    """Put the secrets that apps declare into Parameter Store, and report missing ones. Raises: StepFailed."""
    ssm, values, declared = endpoint.client("ssm"), read(project).secrets, declared_by(project)
    missing = missing_from(values, declared)
    for each in declared:
        if each not in missing:
            name, value = f"/{stack_name}/{each.path}", values[each.app][each.name]
            ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    if missing:
        print(f"{report(missing)}\nThen run `make up`. Jobs that need them fail until then.", file=sys.stderr)


def secrets_of_app(project: Path, app: str) -> dict[str, str]:
    """Return the secrets that an app declares. Raises: StepFailed if one is missing."""
    values = read(project).secrets
    declared = [each for each in declared_by(project) if each.app == app]
    if missing := missing_from(values, declared):
        raise StepFailed(report(missing))
    return {each.name: values[app][each.name] for each in declared}


def declared_by(project: Path) -> list[Secret]:
    return [secret for app in read_apps(project / "apps") for secret in secrets_of(app)]


def missing_from(values: dict[str, dict[str, str]], declared: Sequence[Secret]) -> list[Secret]:
    return [each for each in declared if each.name not in values.get(each.app, {})]


def report(missing: Sequence[Secret]) -> str:
    lines = (f'  [secrets.{each.app}]\n  {each.name} = "…"  # {each.description}' for each in missing)
    return f"Secrets are missing. Put them into {FILE}, which git ignores:\n" + "\n".join(lines)
