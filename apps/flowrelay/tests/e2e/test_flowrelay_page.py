"""FlowRelay's page: generate, then wait with its Python and JavaScript, word for word."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.keys import create_key
from local.stack import Stack
from tests.kit.pages import needs_node

HERE = Path(__file__).parent
CONTEXT = {
    "project": "checkout",
    "messages": [{"author": "Ana", "text": "The webhook drops events. We must fix the retry first."}],
    "files": [{"path": "src/webhook.py", "summary": "Receives payment events."}],
}
PROSE = "stand-in: answer in prose"
"""The focus at which the stand-in for a model writes no JSON."""

CLIENT = [
    pytest.param([sys.executable, str(HERE / "flowrelay_wait.py")], id="python"),
    pytest.param(["node", str(HERE / "flowrelay_wait.mjs")], id="javascript", marks=needs_node),
]
Generate = Callable[[str, dict[str, Any]], str]


@pytest.fixture(scope="module")
def key(deployed: Stack) -> str:
    return create_key(deployed, "flowrelay-page", dialect="flowrelay", limit=1000)


@pytest.fixture(scope="module")
def generate(deployed: Stack, key: str) -> Generate:
    def start(kind: str, context: dict[str, Any]) -> str:
        headers = {"Authorization": f"Bearer {key}"}
        answer = httpx.post(
            f"{deployed.api_url}/api/v1/{kind}s", json=context, headers=headers, timeout=30, trust_env=False
        )
        assert answer.status_code == 202, answer.text
        assert answer.headers["Retry-After"] == "2"
        return str(answer.json()["jobId"])

    return start


@pytest.mark.parametrize("client", CLIENT)
@pytest.mark.parametrize("kind", ["handoff", "insight"])
def test_the_page_s_client_waits_for_the_artifact(
    client: list[str], kind: str, generate: Generate, deployed: Stack, key: str
) -> None:
    job_id = generate(kind, CONTEXT)

    done = subprocess.run(
        [*client, deployed.api_url, key, job_id], capture_output=True, text=True, timeout=120
    )
    answer = httpx.get(
        f"{deployed.api_url}/api/v1/{kind}s/{job_id}",
        headers={"Authorization": f"Bearer {key}"},
        trust_env=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["kind"] == kind
    assert json.loads(done.stdout) in answer.json().values() or json.loads(done.stdout) == answer.json()


@pytest.mark.parametrize("client", CLIENT)
def test_the_page_s_client_hears_why_a_generation_failed(
    client: list[str], generate: Generate, deployed: Stack, key: str
) -> None:
    job_id = generate("handoff", CONTEXT | {"focus": PROSE})

    done = subprocess.run(
        [*client, deployed.api_url, key, job_id], capture_output=True, text=True, timeout=120
    )
    answer = httpx.get(
        f"{deployed.api_url}/api/v1/jobs/{job_id}",
        headers={"Authorization": f"Bearer {key}"},
        trust_env=False,
    )
    job = answer.json()["job"]

    assert done.returncode == 1
    assert done.stdout.strip() == job["error"]
    assert job["error_code"] == "model_output_invalid"
