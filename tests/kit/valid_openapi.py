"""The mistakes in a description of an API. jsonschema-rs looks at the schemas, in a tenth of the time."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from jsonschema.exceptions import SchemaError
from openapi_schema_validator._specifications import REGISTRY
from openapi_schema_validator.validators import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

SCHEMAS = jsonschema_rs.Draft202012Validator(
    OAS31Validator.META_SCHEMA,
    registry=jsonschema_rs.Registry([(uri, REGISTRY.contents(uri)) for uri in REGISTRY]),
    validate_formats=True,
)


def mistakes(document: dict[str, Any]) -> list[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OAS31Validator, "check_schema", _check)
        return list(OpenAPIV31SpecValidator(document).iter_errors())


def _check(schema: Any, **_: Any) -> None:
    for mistake in SCHEMAS.iter_errors(schema):
        raise SchemaError(f"{mistake.instance_path}: {mistake.message}")
