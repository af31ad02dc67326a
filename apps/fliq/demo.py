"""The demo of this contract."""

from datetime import UTC, datetime, timedelta

from local.conversation import expect
from local.demo import Demo
from local.display import rfc3339

ORDER = 40
FORESIGHT = timedelta(seconds=2)


def run(demo: Demo) -> None:
    with demo.conversation("demo-fliq", dialect="fliq") as talk:
        demo.chapter("Fliq's contract: an HTTP request at its time")
        talk.say("On AWS, requests must use https. Here, they may also call this machine.")
        at = rfc3339(datetime.now(UTC) + FORESIGHT)
        asked = {
            "url": f"{demo.api_url}/health",
            "http_method": "GET",
            "scheduled_at": at,
            "max_retries": 3,
        }
        accepted = talk.request("POST", "/jobs", asked, status=202)
        ended = talk.follow(accepted)
        expect("the job's end", ended["status"], "done")
        expect("the answer's status", ended["result"]["status"], 200)
        talk.request("GET", f"{accepted.headers['Location']}/executions", status=200)
