"""The stages in samconfig.toml: each is a stack with its parameters."""

import json
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from samcli.cli.types import CfnParameterOverridesType  # type: ignore[import-untyped]
from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from local import PROJECT


class Refused(Exception):
    """The command cannot run. The message says why, and what to do."""


class Stage(NamedTuple):
    """`given` are the parameters in samconfig.toml, `parameters` these and the template's defaults."""

    name: str
    stack_name: str
    given: dict[str, str]
    parameters: dict[str, str]

    def kept(self, deployed: dict[str, str]) -> dict[str, str]:
        """Return the values that a deploy leaves as they are, though the template has other defaults."""
        return {
            name: value
            for name, value in deployed.items()
            if name not in self.given and self.parameters.get(name, value) != value
        }


def read_stage(name: str, project: Path = PROJECT) -> Stage:
    """Raises: Refused if samconfig.toml has no such stage, or a parameter that the template does not have."""
    settings = tomllib.loads((project / "samconfig.toml").read_text())
    del settings["version"]
    stages = {each: found["global"]["parameters"] for each, found in settings.items() if "global" in found}
    if name not in stages:
        raise Refused(f"samconfig.toml has no stage {name!r}. STAGE is one of: {', '.join(stages)}.")
    given = CfnParameterOverridesType().convert(tuple(stages[name]["parameter_overrides"]), None, None)
    template = read_template(project)
    defaults = {each: str(parameter["Default"]) for each, parameter in template["Parameters"].items()}
    if unknown := sorted(given.keys() - defaults.keys()):
        raise Refused(f"samconfig.toml: template.yaml has no parameter {', '.join(unknown)}. Remove it.")
    return Stage(name, stages[name]["stack_name"], given, defaults | given)


def read_template(project: Path = PROJECT) -> dict[str, Any]:
    template: dict[str, Any] = yaml_parse((project / "template.yaml").read_text())
    return template


def retained(stage: Stage) -> dict[str, Any]:
    """Return a template of the resources that outlive their stack, without SAM's transform.

    An import changes no resource, and does not compare it with the template ("Import AWS resources into a
    CloudFormation stack manually"). So the defaults are the stage's values, with which it made them.
    """
    template = read_template()
    kept = {name: each for name, each in template["Resources"].items() if "UpdateReplacePolicy" in each}
    asked = json.dumps(kept)
    conditions = {name: each for name, each in template["Conditions"].items() if f'"{name}"' in asked}
    asked += json.dumps(conditions)
    parameters = {
        name: each | {"Default": stage.parameters[name]}
        for name, each in template["Parameters"].items()
        if f'"{name}"' in asked
    }
    return {"Parameters": parameters, "Conditions": conditions, "Resources": kept}
