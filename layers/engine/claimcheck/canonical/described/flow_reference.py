"""The description of the canonical dialect's flows."""

from functools import partial

from claimcheck.canonical import flow_endpoints as flows
from claimcheck.domain import errors
from claimcheck.domain.flows import FLOW_NAME
from claimcheck.openapi import reference as api

NAME = api.path_name("flow", FLOW_NAME, "renderer")
of_flow = partial(api.Operation, parameters=(NAME,), errors=(errors.FlowNotFound,))
FLOW = api.Answer("The flow.", api.ref("Flow"))

FLOW_OPERATIONS: api.Operations = {
    flows.put_flow: of_flow(
        summary="Store a flow",
        description="Creates the flow of this name or replaces its limits. Jobs that name it with `flow` "
        "start as its limits allow, first come, first served, and wait until then. A lower `concurrency` "
        "stops no running job. A new `rate` counts from now.",
        body=api.ref("FlowDefinition"),
        answers={
            200: api.Answer("The flow was replaced.", api.ref("Flow")),
            201: api.Answer("The flow was created.", api.ref("Flow"), headers={"Location": True}),
        },
        errors=(
            errors.MalformedFlowName,
            errors.TooManyFlows,
            *api.UNREADABLE,
            errors.InvalidFields,
        ),
    ),
    flows.get_flow: of_flow(
        summary="Get a flow",
        description="Returns the flow's limits, and how many of its jobs run and wait.",
        answers={200: api.Answer("The flow and its jobs.", api.ref("FlowUsage"))},
    ),
    flows.delete_flow: of_flow(
        summary="Delete a flow",
        description="Deletes a flow without running or waiting jobs. For up to a minute, submissions may "
        "still name it; their jobs then run without its limits.",
        answers={204: api.Answer("The flow was deleted.")},
        errors=(errors.FlowNotFound, errors.FlowInUse),
    ),
    flows.list_flows: api.Operation(
        summary="List flows",
        description="Lists your organisation's flows by name, without the number of their jobs.",
        parameters=api.paging("The page size. A page can have fewer entries.", {"type": "string"}),
        answers={200: api.Answer("A page of flows.", api.ref("FlowList"))},
        errors=(errors.InvalidFields,),
    ),
    flows.pause_flow: of_flow(
        summary="Pause a flow",
        description="Lets none of its jobs start until it is resumed. Running jobs go on. Waiting jobs wait "
        "until their deadlines at most. Pausing a paused flow changes nothing.",
        answers={200: FLOW},
    ),
    flows.resume_flow: of_flow(
        summary="Resume a flow",
        description="Lets jobs start again. Resuming an active flow changes nothing.",
        answers={200: FLOW},
    ),
}
