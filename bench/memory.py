"""The peak memory of each function."""

from __future__ import annotations

from bench.figures import Figure, Findings
from bench.stage import stage
from tests.kit import events

# MB of peak resident memory.
MOST = {"GetJob": 55, "SubmitJob": 80, "Worker": 80, "Sweeper": 80}
REPEATS = 20


def measure() -> Findings:
    with stage() as here:
        submissions = [here.submission(here.new_key())] * REPEATS
        here.program("SubmitJob").run(submissions)
        asked = {
            "Worker": here.wake_ups(),
            "GetJob": here.polls(REPEATS),
            "SubmitJob": submissions,
            "Sweeper": [events.load("tick")] * REPEATS,
        }
        peaks = {name: here.program(name).run(asked[name]).peak for name in asked}
    return Findings(
        figures=[
            Figure(name=name, what=f"`{name}`, peak", value=round(peaks[name], 1), unit="MB", most=most)
            for name, most in MOST.items()
        ]
    )
