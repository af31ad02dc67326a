"""The demo's second half: other people's contracts, each spoken as its page publishes it.

Models and translators are not to be had on a laptop: what stands in for them is named where it is met.
"""

from datetime import UTC, datetime, timedelta

from local.conversation import Conversation, expect
from local.display import rfc3339
from local.keys import administer, create_key
from local.stack import Stack

LISTING = {
    "name": "Tide Table: Surf & Sail",
    "subtitle": "Know the water before you go",
    "description": "Tides, wind and waves for 4,000 harbours.\nWorks without a connection.",
    "keywords": "tide,surf,sail,harbour,wave",
    "support_url": "https://tidetable.app/support",
    "privacy_policy_url": "https://tidetable.app/privacy",
}
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
SCREENING = {
    "subject": {"name": "Jörg Dösinger", "aliases": ["J. Doesinger"]},
    "documents": [
        {
            "title": "Court convicts former banker of fraud",
            "text": "A court in Linz convicted Joerg Doesinger of fraud on Monday. He will appeal.",
            "source": "linz-courier.example",
        },
        {"title": "Harbour festival opens", "text": "Anna Dösinger sang at the opening on Sunday."},
    ],
}
FORESIGHT = timedelta(seconds=2)


def tell(deployed: Stack) -> None:
    for contract in (forvibe, flowrelay, deepidv, fliq):
        contract(deployed)


def with_key(deployed: Stack, dialect: str, **options: object) -> Conversation:
    key = create_key(deployed, f"demo-{dialect}", dialect=dialect, **options)
    return Conversation(deployed.api_url, Authorization=f"Bearer {key}", x_api_key=key)


def forvibe(deployed: Stack) -> None:
    administer(deployed, "credits", org="demo-forvibe", add=100)
    with with_key(deployed, "forvibe", plan="paid") as told:
        told.title("8. Forvibe's contract: App Store listings, paid for in credits")
        project = "/api/v1/projects/tides"
        told.request("PUT", f"{project}/listings/en-US", LISTING, status=200)
        review = told.follow(told.request("POST", f"{project}/simulations/metadata", {}, status=202))
        expect("the review's end", review["status"], "completed")
        told.show({"overall_summary": review["result"]["overall_summary"]})
        told.say("Two translations. A stand-in for Amazon Translate pseudo-localises on this machine:")
        wanted = {"locales": ["de-DE", "ja"]}
        done = told.follow(told.request("POST", f"{project}/listings/localize", wanted, status=202))
        expect("the localization's end", done["status"], "completed")
        told.show(done["result"]["localizations"]["de-DE"]["listing"])
        credits = told.request("GET", "/api/v1/credits", status=200).json()
        expect("what is left of 100 credits", credits["credits"], 100 - 50 - 2 * 15)
        told.request("POST", f"{project}/listings/localize", wanted, status=402)


def flowrelay(deployed: Stack) -> None:
    with with_key(deployed, "flowrelay") as told:
        told.title("9. FlowRelay's contract: an artifact from a model")
        ended = told.follow(told.request("POST", "/api/v1/handoffs", CONTEXT, status=202))
        expect("the job's end", ended["job"]["status"], "completed")
        told.show({"job": ended["job"], "result": {"kind": ended["result"]["kind"], "...": "..."}})
        told.say(ended["result"]["summary"])
        told.say(
            "The model here is a stand-in. It copies sentences from the request and understands nothing."
        )


def deepidv(deployed: Stack) -> None:
    with with_key(deployed, "deepidv") as told:
        told.title("10. deepidv's contract: adverse media, in documents that the request brings")
        ended = told.follow(told.request("POST", "/v1/adverse-media-screenings", SCREENING, status=202))
        expect("the job's end", ended["status"], "ready")
        result = ended["result"]
        told.show({name: result[name] for name in ("totalHits", "riskLevel", "riskScore")})
        told.say(result["summary"])


def fliq(deployed: Stack) -> None:
    with with_key(deployed, "fliq") as told:
        told.title("11. Fliq's contract: an HTTP request at its time")
        told.say("https is a must on AWS; on this machine jobs may also call the machine itself.")
        at = rfc3339(datetime.now(UTC) + FORESIGHT)
        asked = {
            "url": f"{deployed.api_url}/health",
            "http_method": "GET",
            "scheduled_at": at,
            "max_retries": 3,
        }
        accepted = told.request("POST", "/jobs", asked, status=202)
        ended = told.follow(accepted)
        expect("the job's end", ended["status"], "done")
        expect("the answer's status", ended["result"]["status"], 200)
        told.request("GET", f"{accepted.headers['Location']}/executions", status=200)
