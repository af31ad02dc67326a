"""The demo's chapter on this contract, spoken as its page publishes it."""

from local.chapters import Demo
from local.conversation import expect

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


def tell(demo: Demo) -> None:
    with demo.conversation("demo-flowrelay", dialect="flowrelay") as told:
        demo.chapter("FlowRelay's contract: an artifact from a model")
        ended = told.follow(told.request("POST", "/api/v1/handoffs", CONTEXT, status=202))
        expect("the job's end", ended["job"]["status"], "completed")
        told.show({"job": ended["job"], "result": {"kind": ended["result"]["kind"], "...": "..."}})
        told.say(ended["result"]["summary"])
        told.say(
            "The model here is a stand-in. It copies sentences from the request and understands nothing."
        )
