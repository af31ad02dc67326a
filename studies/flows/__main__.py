"""Print the starts a second of flows of several sizes."""

from studies.flows.simulation import UNITS_OF_A_START, Flow

if __name__ == "__main__":
    for slots in (1, 3, 10, 64, 200):
        result = Flow(slots, jobs=50 * slots, work=100).run()
        units = result.rate * UNITS_OF_A_START
        print(
            f"{slots:4} slots: {result.rate:6.1f} starts/s, {result.conflicts / result.starts:.2f} conflicts "
            f"per start, {units:5.0f} write units/s in the flow's partition"
        )
