"""The schemas of a schedule's definition, one for each job type."""

from claimcheck.authoring.catalog import Catalog
from claimcheck.canonical.described.catalog_schemas import by_type
from claimcheck.canonical.schedule_requests import PutSchedule
from claimcheck.openapi.models import input_schemas, type_name
from claimcheck.openapi.reference import Schema, ref

# Either `cron` or `rate`, and a time zone only beside `cron`.
CRON_OR_RATE: Schema = {
    "if": {"required": ["cron"], "properties": {"cron": {"type": "string"}}},
    "then": {"properties": {"rate": {"type": "null"}}},
    "else": {
        "required": ["rate"],
        "properties": {"rate": {"type": "string"}, "timezone": {"type": "null"}},
    },
}


def schedule_schemas(catalog: Catalog) -> dict[str, Schema]:
    """Return them, and their union `ScheduleDefinition`."""
    shapes: dict[str, Schema] = {}
    members: dict[str, str] = {}
    for job_type in catalog:
        title = f"{type_name(job_type)}Schedule"
        shapes |= input_schemas(title, PutSchedule)
        shapes[title]["properties"] |= {
            "type": {"const": job_type.name},
            "input": ref(f"{type_name(job_type)}Input"),
        }
        shapes[title] |= CRON_OR_RATE
        members[job_type.name] = ref(title)["$ref"]
    union = by_type("ScheduleDefinition", "A recurring job. `input` depends on `type`.", members)
    return shapes | {"ScheduleDefinition": union}
