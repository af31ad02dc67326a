from __future__ import annotations

import json
from typing import Any

import pytest

from apps.flowrelay.handlers.insight import handle
from apps.flowrelay.job_types import handoff
from apps.flowrelay.job_types.insight import JOB_TYPE, Input, Result
from claimcheck.domain.outcome import Fail
from claimcheck.testing import FakeTools, RecordingContext
from claimcheck.testing.model import ScriptedModel

CONTEXT: dict[str, Any] = {
    "project": "Billing",
    "messages": [{"text": "Reading and storing happen in one function."}],
    "files": [{"path": "billing/importer.py", "summary": "Reads the bank's files."}],
}
FINDING: dict[str, Any] = {
    "title": "The importer does two things at once",
    "category": "structure",
    "summary": "Reading and storing are one step.",
    "evidence": [
        {"source": "messages/0", "shows": "One function does both."},
        {"source": "files/billing/importer.py", "shows": "This is that function's file."},
    ],
    "impact": "A bad row leaves no trace.",
    "recommendations": [{"action": "Part them.", "why": "Bad rows are refused.", "priority": "high"}],
    "confidence": "medium",
}


def insight(*replies: str) -> tuple[Result, ScriptedModel]:
    model = ScriptedModel(replies)
    tools = FakeTools(model=model, environment={"MODEL_ID": "m-1"})
    return handle(Input.model_validate(CONTEXT), RecordingContext(tools=tools)), model


def finding(**changes: Any) -> str:
    return json.dumps(FINDING | changes)


def test_an_insight_has_the_models_findings_and_their_origin() -> None:
    result, model = insight(finding())

    assert result.model_dump(mode="json") == FINDING | {
        "kind": "insight",
        "model_id": "m-1",
        "usage": {"input_tokens": 100, "output_tokens": 20},
        "repaired": False,
    }
    assert model.asked[0].schema["properties"].keys() == FINDING.keys()


@pytest.mark.parametrize("source", ["messages/1", "files/billing/other.py", "decisions/0", "importer.py"])
def test_evidence_that_is_not_in_the_context_must_be_repaired(source: str) -> None:
    result, model = insight(finding(evidence=[{"source": source, "shows": "?"}]), finding())

    assert result.repaired
    assert f"- /evidence/0/source: the data has no '{source}'" in model.asked[1].turns[-1].text


@pytest.mark.parametrize(
    "changes",
    [
        {"evidence": []},
        {"evidence": [{"source": "messages/7", "shows": "?"}]},
        {"category": "astrology"},
        {"confidence": 0.9},
        {"impact": ""},
    ],
)
def test_a_finding_that_stays_without_ground_or_shape_fails(changes: dict[str, Any]) -> None:
    with pytest.raises(Fail) as failed:
        insight(finding(**changes), finding(**changes))

    assert failed.value.code == "model_output_invalid"


def test_it_takes_what_a_handoff_takes() -> None:
    assert JOB_TYPE.errors_in(CONTEXT) == handoff.JOB_TYPE.errors_in(CONTEXT) == []
    assert JOB_TYPE.errors_in({"project": "x"}) == handoff.JOB_TYPE.errors_in({"project": "x"}) != []


def test_both_are_kept_for_a_month() -> None:
    assert [each.retention for each in (handoff.JOB_TYPE, JOB_TYPE)] == [30 * 86_400, 30 * 86_400]
