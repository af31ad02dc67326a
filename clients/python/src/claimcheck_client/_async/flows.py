"""Limits on groups of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck_client._async.named import AsyncNamed
from claimcheck_client._documents import Flow
from claimcheck_client._exchange import read

if TYPE_CHECKING:
    from typing import Unpack

    from claimcheck_client._documents import FlowOptions, FlowUsage


class AsyncFlows(AsyncNamed[Flow]):
    """The flows of the key's org. Every method raises ApiError or NoAnswer.

    `delete` raises `flow_in_use` while jobs of the flow run or wait.
    """

    _kind = "flow"

    async def put(self, name: str, **options: Unpack[FlowOptions]) -> Flow:
        """Create or replace a flow. A limit that is not given is removed; a pause stays."""
        return await self._send("PUT", name, body=options)

    async def get(self, name: str) -> FlowUsage:
        """Return the flow with the numbers of its running and waiting jobs."""
        usage: FlowUsage = read(await self._connection.send("GET", self._path(name)))
        return usage
