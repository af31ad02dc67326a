"""Bedrock's adapter, MiniStack's Bedrock and the stand-in for a model, connected."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.aws import calls as aws
from claimcheck.aws.bedrock import BedrockModel
from local import ministack, process
from local.endpoint import REGION, Endpoint
from local.server import Server
from local.standins.model import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


CONTEXT: dict[str, Any] = {
    "project": "Billing",
    "messages": [
        {"author": "Mara", "text": "The importer drops rows without a currency. We must fix that first."},
        {"role": "assistant", "text": "Reading and storing happen in one function. You should part them."},
    ],
    "files": [{"path": "billing/importer.py", "summary": "Reads the bank's files into the ledger."}],
    "decisions": [{"what": "A ledger has one currency.", "why": "The auditors asked for it."}],
    "open_questions": ["Who owns the currency table?"],
}


@contextmanager
def chained(run_dir: Path) -> Iterator[BedrockModel]:
    """Yield the adapter. The others are a process or a server of their own."""
    with Server(("127.0.0.1", 0), Exchange) as server, pytest.MonkeyPatch.context() as patch:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        endpoint = Endpoint.create(process.free_port())
        model_url = f"http://127.0.0.1:{server.server_port}"
        emulator = ministack.start(run_dir, model_url, endpoint, leashed=True)
        ministack.wait_until_ready(emulator, endpoint, run_dir / "ministack.log")
        patch.setenv("AWS_ACCESS_KEY_ID", endpoint.secret)
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        aws.session.cache_clear()
        model = BedrockModel(endpoint.url)
        yield model
        model.close()
        aws.session.cache_clear()
        process.kill(emulator.pid, "ministack")
        server.shutdown()
        thread.join()
