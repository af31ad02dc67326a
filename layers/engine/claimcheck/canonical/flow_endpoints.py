"""`/v1/flows`: limits on the jobs of an org. Code for storing flows is in `flow_requests`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.canonical.rendering import render_flow
from claimcheck.domain.keys import READ, WRITE
from claimcheck.http.contract import Call, Response, Route, path_for_clients

if TYPE_CHECKING:
    from claimcheck.canonical.described import flow_responses


def put_flow(call: Call) -> Response:
    from claimcheck.canonical.flow_requests import limits_of

    name = call.params["name"]
    old, new = call.engine.flow_editor.put(call.org, name, *limits_of(call.request.json()))
    document = render_flow(new)
    if old is not None:
        return Response.json(200, document)
    return Response.json(201, document, location=path_for_clients(f"/v1/flows/{name}"))


def get_flow(call: Call) -> Response:
    usage = call.engine.flow_reader.get(call.org, call.params["name"])
    flow = render_flow(usage.flow)
    document: flow_responses.FlowUsage = {**flow, "running": usage.running, "waiting": usage.waiting}
    return Response.json(200, document)


def list_flows(call: Call) -> Response:
    from claimcheck.domain.flows import FLOW_NAME
    from claimcheck.http.paging import paging_of

    page = paging_of(call.request.query, is_cursor=lambda cursor: FLOW_NAME.fullmatch(cursor) is not None)
    found = call.engine.flow_reader.list_flows(call.org, page.limit, page.cursor)
    document: flow_responses.FlowList = {
        "flows": [render_flow(flow) for flow in found.entries],
        "next_cursor": found.after,
    }
    return Response.json(200, document)


def pause_flow(call: Call) -> Response:
    return Response.json(200, render_flow(call.engine.flow_editor.pause(call.org, call.params["name"])))


def resume_flow(call: Call) -> Response:
    return Response.json(200, render_flow(call.engine.flow_editor.resume(call.org, call.params["name"])))


def delete_flow(call: Call) -> Response:
    call.engine.flow_editor.delete(call.org, call.params["name"])
    return Response(204, "")


ROUTES = (
    Route("PUT", "/v1/flows/{name}", put_flow, WRITE),
    Route("GET", "/v1/flows/{name}", get_flow, READ),
    Route("DELETE", "/v1/flows/{name}", delete_flow, WRITE),
    Route("GET", "/v1/flows", list_flows, READ),
    Route("POST", "/v1/flows/{name}/pause", pause_flow, WRITE),
    Route("POST", "/v1/flows/{name}/resume", resume_flow, WRITE),
)
