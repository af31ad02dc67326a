"""The tutorial's template, as this study reads it."""

from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

HERE = Path(__file__).parent
TEMPLATE: dict[str, Any] = yaml_parse((HERE / "template.yaml").read_text())
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
FUNCTIONS = {
    name: Path(declared["Properties"]["CodeUri"]).name
    for name, declared in RESOURCES.items()
    if declared["Type"] == "AWS::Serverless::Function"
}
"""Folders by logical id."""


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = RESOURCES[name]["Properties"]
    return found


def variables(function: str) -> dict[str, Any]:
    everywhere = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    return {**everywhere, **properties(function)["Environment"]["Variables"]}


def of_type(kind: str) -> list[str]:
    return [name for name, declared in RESOURCES.items() if declared["Type"] == kind]
