"""A job's costs: AWS calls, write units, bytes of logs, imported modules."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.kit.measuring.life import BATCH, POLLS, UNWANTED, Observed, observe


@pytest.fixture(scope="module")
def observed() -> Observed:
    return observe()


def test_a_job_with_five_polls_takes_at_most_twelve_calls(observed: Observed) -> None:
    assert len(observed.first.polls) == 5
    assert len(observed.first.calls) <= 12, observed.first.calls


def test_a_poll_is_one_read(observed: Observed) -> None:
    first, *others = [poll.calls for poll in observed.first.polls]

    assert first == ["dynamodb.GetItem"] * 2  # the API key, which is then cached for a minute
    assert others == [["dynamodb.GetItem"]] * (POLLS - 1)


def test_a_job_is_written_three_times(observed: Observed) -> None:
    for life in (observed.first, observed.warm, observed.keyed):
        writes = [call for call in life.calls if call in ("dynamodb.PutItem", "dynamodb.TransactWriteItems")]

        assert len(writes) == 3


def test_a_job_costs_six_write_units_and_nine_with_an_idempotency_key(observed: Observed) -> None:
    assert observed.warm.consumed.written == 6
    assert observed.keyed.consumed.written == 9


def test_a_failed_job_costs_one_write_unit_more(observed: Observed) -> None:
    assert observed.failed.consumed.written == observed.first.consumed.written + 1
    assert observed.failed.calls == observed.first.calls


def test_a_batch_takes_a_write_for_each_job_and_a_tenth_of_the_messages(observed: Observed) -> None:
    calls = Counter(observed.many.submit.calls)

    # The API key is cached. The rate window takes one write for all entries, and in a new minute one for the
    # request.
    assert calls == {"dynamodb.PutItem": BATCH, "sqs.SendMessageBatch": BATCH // 10}
    assert observed.many.submit.consumed.written == BATCH * observed.warm.submit.consumed.written
    assert sum(each.counts_a_rate_window for each in observed.many.submit.requests) <= 2


def test_a_poll_of_a_hundred_jobs_is_one_request(observed: Observed) -> None:
    assert observed.many.poll.calls == ["dynamodb.BatchGetItem"]
    assert observed.many.poll.consumed.read == BATCH


def test_a_unique_key_costs_no_call_and_the_units_of_its_row_in_two_transactions(observed: Observed) -> None:
    calls = observed.unique.calls

    assert len(calls) == len(observed.warm.calls)
    assert calls.count("dynamodb.TransactWriteItems") == 2
    assert observed.unique.consumed.written == 12


def test_a_job_of_a_flow_costs_twelve_write_units_and_two_more_calls(observed: Observed) -> None:
    plain = [call for part in (observed.warm.submit, observed.warm.work) for call in part.calls]

    assert observed.limited.written == 12
    assert sorted(observed.limited.calls) == sorted(
        [*(call for call in plain if call != "dynamodb.PutItem"), "dynamodb.PutItem"]
        + ["dynamodb.TransactWriteItems"] * 2
        + ["dynamodb.Query"] * 2
    )


def test_a_job_that_waits_for_its_flow_costs_twenty_three_write_units(observed: Observed) -> None:
    makes_its_flow_due = 2
    assert observed.waited.written == 23 + makes_its_flow_due


def test_a_poll_logs_nothing(observed: Observed) -> None:
    assert [poll.log_bytes for poll in observed.first.polls] == [0] * POLLS


def test_a_job_logs_two_metric_lines_of_at_most_700_bytes(observed: Observed) -> None:
    assert 0 < observed.first.work.log_bytes < observed.first.log_bytes <= 700


def test_a_poll_imports_little(observed: Observed) -> None:
    modules = observed.modules["get_job"]

    assert {name.partition(".")[0] for name in modules}.isdisjoint(UNWANTED)
    assert len(modules) <= 450


def test_only_the_worker_imports_handlers(observed: Observed) -> None:
    with_handlers = {
        name
        for name, modules in observed.modules.items()
        if any(".handlers." in module or module.startswith("PIL") for module in modules)
    }

    assert with_handlers == {"worker"}


def test_a_worker_whose_handlers_read_no_secret_loads_nothing_for_secrets(observed: Observed) -> None:
    assert [name for name in observed.modules["worker"] if name.endswith(".secrets")] == []


@pytest.mark.parametrize("function", ["submit_job", "worker"])
def test_a_function_loads_only_what_its_job_types_use(observed: Observed, function: str) -> None:
    unused = {f"claimcheck.authoring.{name}" for name in ("files", "flow", "generation")}

    assert unused.isdisjoint(observed.modules[function])


def test_nothing_scans_the_table(observed: Observed) -> None:
    assert "dynamodb.Query" in observed.everything
    assert "dynamodb.Scan" not in observed.everything
