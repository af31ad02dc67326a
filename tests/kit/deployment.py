"""The template, as the tests read it."""

from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

PROJECT = Path(__file__).parent.parent.parent
TEMPLATE: dict[str, Any] = yaml_parse((PROJECT / "template.yaml").read_text())
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
LAYERS = ("EngineLayer", "AppsLayer")
FUNCTIONS = {"SubmitJob": "submit_job", "GetJob": "get_job", "Worker": "worker", "Sweeper": "sweeper"}
"""Logical id to folder."""


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = RESOURCES[name]["Properties"]
    return found


def variables(function: str) -> dict[str, Any]:
    everywhere = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    return {**everywhere, **properties(function)["Environment"]["Variables"]}
