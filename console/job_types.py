"""The pages of job types: the list, and a form that submits a job."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from console import forms
from console.api import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from console.visit import Pages, Visit

PREFIX = "input."


async def show_types(visit: Visit) -> Response:
    return visit.page("types.html", types=visit.description.job_types())


async def show_form(visit: Visit) -> Response:
    example = visit.description.example_of(visit.param("name"))
    shown = forms.shown(example, _schema(visit), visit.description)
    return _form(visit, shown, {}, secrets.token_urlsafe(18))


async def submit(visit: Visit) -> Response:
    """Submit a job, or show the form again with a message at each wrong field."""
    name, schema = visit.param("name"), _schema(visit)
    typed = {key.removeprefix(PREFIX): text for key, text in visit.form.items() if key.startswith(PREFIX)}
    once = visit.form.get("once", "")
    try:
        given = forms.input_of(typed, schema, visit.description)
        job = await visit.api.post("/v1/jobs", {"type": name, "input": given}, once)
    except Refused as refusal:
        if not refusal.wrong:
            raise
        return _form(visit, typed, refusal.wrong, once)
    return visit.go(f"/jobs/{job['job_id']}")


def _form(visit: Visit, values: Mapping[str, str], wrong: Mapping[str, str], once: str) -> Response:
    fields = forms.fields_of(_schema(visit), visit.description, values, wrong)
    submission = visit.description.job_types()[visit.param("name")]
    others = [text for at, text in wrong.items() if not any(text in each.wrong for each in fields)]
    return visit.page(
        "type.html",
        422 if wrong else 200,
        name=visit.param("name"),
        about=submission.get("description", ""),
        fields=fields,
        others=others,
        once=once,
    )


def _schema(visit: Visit) -> dict[str, Any]:
    """Raises: Refused if there is no such job type."""
    if visit.param("name") not in visit.description.job_types():
        raise Refused(404, "not_found", "There is no such job type.")
    return visit.description.input_of(visit.param("name"))


PAGES: Pages = (
    ("GET", "/types", show_types),
    ("GET", "/types/{name}", show_form),
    ("POST", "/types/{name}", submit),
)
