"""Handoffs and insights from the stand-in for a model, over the adapter and MiniStack's Bedrock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from apps.flowrelay.handlers import handoff, insight
from apps.flowrelay.job_types.handoff import Handoff
from apps.flowrelay.job_types.handoff import Input as HandoffInput
from apps.flowrelay.job_types.insight import Input as InsightInput
from apps.flowrelay.job_types.insight import Insight
from claimcheck.authoring import Fail
from claimcheck.aws.bedrock import shape_of
from claimcheck.testing import FakeTools, RecordingContext
from local.standins.model import IN_PROSE, LABEL, STUMBLE
from tests.kit.model_chain import CONTEXT, chained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from claimcheck.aws.bedrock import BedrockModel


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BedrockModel]:
    with chained(tmp_path_factory.mktemp("chain")) as model:
        yield model


def job(model: BedrockModel) -> RecordingContext:
    return RecordingContext(tools=FakeTools(model=model, environment={"MODEL_ID": "a.model-v1:0"}))


def context(**changes: Any) -> str:
    return json.dumps(CONTEXT | changes)


def test_a_handoff_goes_all_the_way(chain: BedrockModel) -> None:
    result = handoff.handle(HandoffInput.model_validate_json(context()), job(chain))

    assert result.summary.startswith(LABEL + "The importer drops rows")
    assert result.decisions[0].what == "A ledger has one currency."
    assert result.next_steps[0].action == "We must fix that first."
    assert result.next_steps[0].sources == ["messages/0"]
    assert result.next_steps[0].owner is None, "nobody is named, so nobody is made up"
    assert result.open_questions == ["Who owns the currency table?"]
    assert [file.path for file in result.files] == ["billing/importer.py"]
    assert not result.repaired
    assert result.usage.output_tokens > 100


def test_an_insight_goes_all_the_way(chain: BedrockModel) -> None:
    result = insight.handle(InsightInput.model_validate_json(context()), job(chain))

    assert result.summary.startswith(LABEL)
    assert [each.source for each in result.evidence] == [
        "messages/0",
        "messages/1",
        "files/billing/importer.py",
    ]
    assert result.confidence == "low"


def test_an_answer_that_needs_repair_is_repaired(chain: BedrockModel) -> None:
    result = handoff.handle(HandoffInput.model_validate_json(context(focus=STUMBLE)), job(chain))

    assert result.repaired


def test_an_answer_that_is_no_json_fails(chain: BedrockModel) -> None:
    with pytest.raises(Fail) as failed:
        handoff.handle(HandoffInput.model_validate_json(context(focus=IN_PROSE)), job(chain))

    assert failed.value.code == "model_output_invalid"


@pytest.mark.parametrize("artifact", [Handoff, Insight])
def test_the_shape_that_a_model_is_held_to_has_no_bounds(artifact: type[BaseModel]) -> None:
    shape = json.dumps(shape_of(artifact.model_json_schema()))

    assert [word for word in ("maxLength", "minItems", "maxItems", "examples") if f'"{word}"' in shape] == []
