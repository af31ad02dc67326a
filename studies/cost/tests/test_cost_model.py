"""The cost model's arithmetic, by hand: what each part uses and costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.figures import Figure, Findings
from studies.cost import built, functions, hosted, prices
from studies.cost.backend import Setup
from studies.cost.measured import Missing
from studies.cost.model import Model
from studies.cost.tables import components
from studies.cost.usage import by_component, dollars, plus, times

MILLION = 1_000_000
SETUP = Setup(api_memory=512, worker_memory=1024)


def phase(function: str, read: float, written: float, logged: float, **requests: float) -> dict[str, Any]:
    named = {name.replace("_", "."): count for name, count in requests.items()}
    return {
        "requests": named,
        "invocations": {function: 1},
        "read_units": read,
        "write_units": written,
        "log_bytes": logged,
    }


LIFE = {
    "submit": phase("submit_job", 0, 3, 0, dynamodb_PutItem=1, sqs_SendMessage=1),
    "work": phase("worker", 1, 3, 500, dynamodb_GetItem=1, dynamodb_PutItem=2),
    "poll": phase("get_job", 1, 0, 0, dynamodb_GetItem=1),
}
INSTRUCTIONS = {"submit": 8e6, "work": 12e6, "poll": 3e6}


def found(rate_writes: float = 0.25) -> dict[str, Findings]:
    rate = Figure(name="rate_writes", what="", value=rate_writes)
    return {
        "calls": Findings(figures=[rate], series={"lifecycle": LIFE}),
        "peers": Findings(
            figures=[],
            series={
                "lifecycle": LIFE,
                "authorize": phase("authorizer", 0.5, 0, 100, dynamodb_GetItem=1),
                "instructions": dict.fromkeys(("engine", "tutorial"), INSTRUCTIONS),
            },
        ),
        "cost.extras": Findings(
            figures=[],
            series={
                "look": phase("worker", 1, 5, 0, dynamodb_GetItem=1, dynamodb_PutItem=3, sqs_SendMessage=1),
                "far_timer": phase("sweeper", 1, 3, 0, dynamodb_PutItem=1, sqs_SendMessageBatch=0.1),
            },
        ),
    }


@pytest.fixture
def model() -> Model:
    return Model(prices.load(), found(), SETUP)


def own(model: Model, name: str) -> float:
    return components(model, model.backends[name].work)["Provider's charge"]


def test_quantities_are_multiplied_by_their_prices_and_added_up_by_component() -> None:
    book = prices.load()

    usage = plus(
        {"http_api_request": 1, "sqs_request": 2}, times(3, {"sqs_request": 1, "sqs_fair_request": 1})
    )

    assert usage == {"http_api_request": 1, "sqs_request": 5, "sqs_fair_request": 3}
    # 1.00 for the API; 5 x 0.40 and 3 x 0.10 for SQS.
    assert {name: MILLION * each for name, each in by_component(book, usage).items()} == pytest.approx(
        {"API": 1.00, "SQS": 2.30}
    )
    assert MILLION * dollars(book, usage) == pytest.approx(3.30)


def test_a_function_is_billed_for_its_instructions_its_waits_and_its_share_of_cold_starts() -> None:
    book = prices.load()
    requests = {"dynamodb.GetItem": 2.0, "sqs.SendMessage": 1.0}

    # At 1769 MB: 5 million instructions take 2 ms; 1 of the runtime, 2 x 5 and 15 of waiting.
    assert functions.milliseconds(book, 1769, requests, 5e6) == 28
    # Half the memory, less half a MB, is half the CPU, and milliseconds are rounded up.
    assert functions.milliseconds(book, 884, requests, 5e6) == 31
    # Twice the memory gives one thread no second CPU.
    assert functions.milliseconds(book, 2 * 1769, requests, 5e6) == 28
    # 512 MB are 0.5 GB; 1 % of 500 ms of INIT are 5 ms more; two seconds of waiting are all billed.
    used = functions.invocation(book, 512, {}, 0, waits=2)
    assert used["lambda_gb_second"] == pytest.approx(0.5 * (0.001 + 0.005 + 2))
    assert used["lambda_request"] == 1


def test_a_job_uses_what_was_counted_and_what_the_counts_leave_out(model: Model) -> None:
    used = model.claimcheck.job(polls=2)

    assert used["http_api_request"] == 3
    assert used["lambda_request"] == 4
    # 3 with the submission, 3 with the work, a quarter of one with each of three requests.
    assert used["dynamodb_write"] == pytest.approx(6.75)
    # 1 with the work, 1 with each poll, and a twentieth of one for the key of each of three requests.
    assert used["dynamodb_read"] == pytest.approx(3.15)
    # The engine's send, Lambda's receive and delete.
    assert used["sqs_request"] == used["sqs_fair_request"] == 3
    # The job's line. Lambda logs none for an invocation that succeeds.
    assert used["log_gb"] == pytest.approx(500 / 1e9)
    # 1,500 bytes for 3 of 30.4 days, in the table and in its recovery.
    assert used["dynamodb_gb_month"] == used["dynamodb_pitr_gb_month"] == pytest.approx(1.5e-6 * 72 / 730)
    assert components(model, used)["DynamoDB writes"] == pytest.approx(6.75 * 0.625)


def test_a_full_batch_shares_its_invocation_and_lambdas_requests(model: Model) -> None:
    batched = built.worked(model.book, replace(SETUP, batch_size=10), model.counts.work)

    assert batched["lambda_request"] == pytest.approx(0.1)
    assert batched["sqs_request"] == pytest.approx(0.2)
    assert batched["dynamodb_write"] == pytest.approx(3)
    assert batched["log_gb"] == pytest.approx(500 / 1e9)


def test_function_urls_save_what_the_api_charges_and_nothing_else(model: Model) -> None:
    direct = model.with_setup(api=None)

    saved = model.million(model.claimcheck.job(5)) - direct.million(direct.claimcheck.job(5))

    assert saved == pytest.approx(6.00)


def test_the_tutorial_pays_for_a_rest_api_and_for_its_authorizer(model: Model) -> None:
    used = model.backends["Tutorial"].job(polls=1)

    assert used["rest_api_request"] == 2
    assert "http_api_request" not in used
    # Three of its own, and the authorizer's for one request in twenty.
    assert used["lambda_request"] == pytest.approx(3.1)
    assert used["dynamodb_read"] == pytest.approx(2 + 2 * 0.05 * 0.5)
    assert used["sqs_fair_request"] == 0


def test_each_peer_charges_what_its_page_says(model: Model) -> None:
    assert own(model, "QStash") == pytest.approx(10.00)
    # A task made, a task pushed.
    assert own(model, "Cloud Tasks") == pytest.approx(0.80)
    assert own(model, "Step Functions") == pytest.approx(25.00)
    # A run, and a fifth of a second of the default machine.
    assert own(model, "Trigger.dev") == pytest.approx(25.00 + 0.2 * 33.80)
    # A start and one step; 1 KB written, and stored for 14 of 30.4 days.
    assert own(model, "Durable functions") == pytest.approx(16.00 + 0.25 + 0.15 * 14 * 24 / 730)


def test_nothing_around_a_peer_could_be_left_out(model: Model) -> None:
    ours = components(model, model.claimcheck.job(5))

    for make in hosted.ALL:
        theirs = components(model, make(model.around).job(5))
        for name in (
            "API",
            "Lambda requests",
            "DynamoDB writes",
            "DynamoDB reads",
            "DynamoDB storage",
            "Logs",
        ):
            assert theirs.get(name, 0) <= ours[name], (make.__name__, name)


def test_a_handler_that_waits_a_minute_pays_for_the_workers_memory(model: Model) -> None:
    waits = {(each.backend, each.how): model.million(each.usage) for each in model.waits()}
    here = model.million(model.claimcheck.job(5))

    # 60 s of 1 GB at 0.0000133334.
    assert waits["Claimcheck", "the handler waits"] - here == pytest.approx(800.004)
    # Four looks, each a worker's invocation with five writes, two requests of Lambda's and one send.
    look = 0.20 + 5 * 0.625 + 0.125 + 3 * 0.50
    assert 4 * look < waits["Claimcheck", "`poll_until`"] - here < 4 * (look + 5)


def test_a_far_timer_costs_the_sweepers_write_and_no_wake_up_of_its_own(model: Model) -> None:
    used = model.far_timer()

    assert used["dynamodb_write"] == 3
    # A tenth of a batch in place of the submission's send.
    assert used["sqs_request"] == pytest.approx(-0.9)


def test_the_fixed_costs_are_a_sweep_every_minute_and_polls_of_an_idle_queue(model: Model) -> None:
    month = model.standing()

    ticks = month["the sweeper, every minute"]
    assert ticks["scheduler_invocation"] == ticks["lambda_request"] == 43_800
    # Sixteen queries that find nothing, half a unit each.
    assert ticks["dynamodb_read"] == 8 * 43_800
    # Three receives a minute by each of five.
    assert month["Lambda's polls of the idle queue"] == {"sqs_request": 15 * 43_800}


def test_lambdas_time_changes_lambdas_compute_alone(model: Model) -> None:
    slower = model.with_lambda_time(2)

    before, after = (components(each, each.claimcheck.job(5)) for each in (model, slower))
    assert {name for name in before if before[name] != pytest.approx(after[name])} == {"Lambda compute"}
    # Billed milliseconds are rounded up, so it is not exactly twice as much.
    assert after["Lambda compute"] == pytest.approx(2 * before["Lambda compute"], rel=0.1)


@pytest.mark.parametrize("section", ["calls", "peers", "cost.extras"])
def test_a_missing_section_names_the_command_that_measures_it(section: str) -> None:
    without = {name: each for name, each in found().items() if name != section}
    model = Model(prices.load(), without, SETUP)

    with pytest.raises(Missing, match=f"python -m bench {section}"):
        _ = (model.backends, model.far_timer())
