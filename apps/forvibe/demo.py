"""The demo's chapter on Forvibe's contract."""

from local.conversation import expect
from local.demo import Demo

ORDER = 10
LISTING = {
    "name": "Tide Table: Surf & Sail",
    "subtitle": "Know the water before you go",
    "description": "Tides, wind and waves for 4,000 harbours.\nWorks without a connection.",
    "keywords": "tide,surf,sail,harbour,wave",
    "support_url": "https://tidetable.app/support",
    "privacy_policy_url": "https://tidetable.app/privacy",
}


def run(demo: Demo) -> None:
    demo.add_credits("demo-forvibe", 100)
    with demo.conversation("demo-forvibe", dialect="forvibe", plan="paid") as client:
        demo.chapter("Forvibe's contract: App Store listings, paid for in credits")
        project = "/api/v1/projects/tides"
        client.request("PUT", f"{project}/listings/en-US", LISTING, status=200)
        review = client.follow(client.request("POST", f"{project}/simulations/metadata", {}, status=202))
        expect("the review's end", review["status"], "completed")
        client.show({"overall_summary": review["result"]["overall_summary"]})
        client.say(
            "Translate into two locales. On this machine, a stand-in for Amazon Translate pseudo-localises:"
        )
        wanted = {"locales": ["de-DE", "ja"]}
        done = client.follow(client.request("POST", f"{project}/listings/localize", wanted, status=202))
        expect("the localization's end", done["status"], "completed")
        client.show(done["result"]["localizations"]["de-DE"]["listing"])
        credits = client.request("GET", "/api/v1/credits", status=200).json()
        expect("the balance after 100 credits", credits["credits"], 100 - 50 - 2 * 15)
        client.request("POST", f"{project}/listings/localize", wanted, status=402)
