"""The demo's chapter on FlowRelay's contract."""

from local.conversation import expect
from local.demo import Demo

ORDER = 20
CONTEXT = {
    "project": "checkout",
    "messages": [
        {
            "author": "Ana",
            "text": "The webhook drops events when a worker dies. We must fix the retry first.",
        },
        {"author": "Ben", "text": "Refunds are done and tested. Invoices are not started."},
    ],
    "files": [{"path": "src/webhook.py", "summary": "Receives payment events."}],
    "open_questions": ["Who owns the webhook after Friday?"],
}


def run(demo: Demo) -> None:
    with demo.conversation("demo-flowrelay", dialect="flowrelay") as client:
        demo.chapter("FlowRelay's contract: an artifact from a model")
        ended = client.follow(client.request("POST", "/api/v1/handoffs", CONTEXT, status=202))
        expect("the job's end", ended["job"]["status"], "completed")
        client.show({"job": ended["job"], "result": {"kind": ended["result"]["kind"], "...": "..."}})
        client.say(ended["result"]["summary"])
        client.say(
            "The model here is a stand-in. It copies sentences from the request and understands nothing."
        )
