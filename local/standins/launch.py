"""Start the stand-ins, and return what the deployment needs to find them."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local import process
from local.endpoint import answers
from local.ministack import bare_environ
from local.progress import StepFailed, step, tail

# The URL, without `/v1`, of an OpenAI-compatible server such as Ollama, and the model's name there.
OWN_MODEL = "CLAIMCHECK_MODEL_URL"
OWN_MODEL_ID = "CLAIMCHECK_MODEL_ID"
START = 30.0  # seconds to wait for a stand-in; usually it takes half a second


@dataclass(frozen=True, kw_only=True)
class StandIns:
    """The running stand-ins. `parameters` are the template's; `ports` are by module."""

    model_url: str
    parameters: dict[str, str]
    ports: dict[str, int]
    process_groups: dict[str, int]


def launch(run_dir: Path, preferred: Mapping[str, int], *, leashed: bool) -> StandIns:
    """Start them on their `preferred` ports, or on free ones. `wait_until_ready` waits for them."""
    own_model = os.environ.get(OWN_MODEL, "")
    names = ["translate"] if own_model else ["model", "translate"]
    urls, groups, ports = {}, {}, {}
    (run_dir / "tmp").mkdir(parents=True, exist_ok=True)
    for name in names:
        module, port = f"local.standins.{name}", process.free_port(preferred.get(name, 0))
        command = [sys.executable, "-m", module, str(port)]
        environ = bare_environ(run_dir / "tmp")
        groups[module] = process.start(command, run_dir / f"{name}.log", environ, leashed=leashed).pid
        ports[name] = port
        urls[name] = f"http://127.0.0.1:{port}"
    return StandIns(
        model_url=own_model or urls["model"],
        parameters={
            "TranslateUrl": urls["translate"],
            "ModelId": os.environ.get(OWN_MODEL_ID, "amazon.nova-lite-v1:0"),
        },
        ports=ports,
        process_groups=groups,
    )


def wait_until_ready(started: StandIns, run_dir: Path) -> None:
    """Raises StepFailed."""
    deadline = time.monotonic() + START
    with step("stand-ins"):
        for name, port in started.ports.items():
            while not answers(f"http://127.0.0.1:{port}", START):
                if time.monotonic() > deadline:
                    log = run_dir / f"{name}.log"
                    raise StepFailed(f"The stand-in {name} did not start. The end of {log}:\n{tail(log)}")
                time.sleep(0.05)
