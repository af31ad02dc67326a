"""The demo of this contract."""

from local.conversation import expect
from local.demo import Demo

ORDER = 30
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


def run(demo: Demo) -> None:
    with demo.conversation("demo-deepidv", dialect="deepidv") as talk:
        demo.chapter("deepidv's contract: adverse media, in documents that the request brings")
        ended = talk.follow(talk.request("POST", "/v1/adverse-media-screenings", SCREENING, status=202))
        expect("the job's end", ended["status"], "ready")
        result = ended["result"]
        talk.show({name: result[name] for name in ("totalHits", "riskLevel", "riskScore")})
        talk.say(result["summary"])
