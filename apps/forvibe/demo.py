"""The demo's chapter on this contract, spoken as its page publishes it."""

from local.chapters import Demo
from local.conversation import expect

ORDER = 10
LISTING = {
    "name": "Tide Table: Surf & Sail",
    "subtitle": "Know the water before you go",
    "description": "Tides, wind and waves for 4,000 harbours.\nWorks without a connection.",
    "keywords": "tide,surf,sail,harbour,wave",
    "support_url": "https://tidetable.app/support",
    "privacy_policy_url": "https://tidetable.app/privacy",
}


def tell(demo: Demo) -> None:
    demo.add_credits("demo-forvibe", 100)
    with demo.conversation("demo-forvibe", dialect="forvibe", plan="paid") as told:
        demo.chapter("Forvibe's contract: App Store listings, paid for in credits")
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
