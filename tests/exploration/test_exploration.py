"""No short history breaks a promise, and short histories find planted bugs.

`make explore` explores the same scenarios with wider bounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.exploration import scenarios
from tests.exploration.explorer import Violation, explore
from tests.exploration.scenarios import SCENARIOS
from tests.exploration.trace import lines_of
from tests.simulation import mutants
from tests.simulation.test_simulation import FOUND_BY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.exploration.cast import Cast

# The scenario that finds each planted bug, and what it reports.
FOUND_IN = {
    mutants.blind_end: (scenarios.two_wake_ups_and_a_cancel, "after its end|given back"),
    mutants.claim_that_ignores_a_live_lease: (scenarios.two_wake_ups_and_a_cancel, "a live lease"),
    mutants.retry_that_removes_due_at: (scenarios.a_retry, "left the safety net"),
    mutants.sweeper_that_ends_a_live_job: (scenarios.the_deadline, "under a live lease"),
    mutants.sweeper_that_moves_without_its_condition: (scenarios.two_sweeps, "after its end|given back"),
    mutants.transaction_that_takes_effect_twice: (scenarios.credits_for_one_job, "do not add up"),
    mutants.submission_that_sets_delete_at: (scenarios.a_callback_and_its_expiry, "a callback was forgotten"),
    mutants.old_code_that_ignores_a_need: (scenarios.old_code_and_a_need, "old code changed a job"),
    mutants.end_that_forgets_its_callback: (scenarios.the_end_and_its_callback, "left the safety net"),
    mutants.delivery_that_is_done_before_its_call: (scenarios.the_end_and_its_callback, "never reported"),
    mutants.sweeper_that_wakes_no_ended_job: (scenarios.the_end_and_its_callback, "a callback was forgotten"),
    mutants.delivery_that_ignores_a_live_lease: (scenarios.a_callback_and_a_redelivery, "a live lease"),
    mutants.slot_that_neither_moves_its_schedule_nor_has_a_key: (
        scenarios.a_slot_and_a_delete,
        "ran (a|for one) slot",
    ),
    mutants.slot_that_ignores_a_change_of_its_schedule: (scenarios.a_slot_and_a_put, "that has changed"),
    mutants.timer_that_starts_early: (scenarios.a_timer, "claimed early"),
    mutants.reader_that_shows_the_jobs_of_all_orgs: (scenarios.another_org, "an org reached another's job"),
    mutants.deletion_that_cancels_no_job: (scenarios.a_slot_and_a_delete, "a stopped schedule ran a slot"),
    mutants.execution_that_is_not_recorded: (scenarios.a_retry, "an execution is missing"),
    mutants.lost_execution_that_is_recorded_as_the_next: (scenarios.two_sweeps, "an execution is missing"),
    mutants.reader_that_takes_the_job_and_its_executions_for_one_moment: (
        scenarios.a_reader_of_retries,
        "the executions are",
    ),
    mutants.delivery_that_is_not_recorded_with_its_claim: (
        scenarios.a_callback_and_a_redelivery,
        "a delivery is missing",
    ),
    mutants.unique_name_that_outlives_its_job: (scenarios.a_unique_key_and_the_end, "outlived its job"),
    mutants.submission_that_takes_over_a_name_in_use: (
        scenarios.a_unique_key_and_the_end,
        "two jobs have one unique key",
    ),
    mutants.claim_that_ignores_its_start_by: (scenarios.a_start_by, "after its start_by"),
    mutants.claim_that_takes_no_name: (scenarios.two_jobs_that_run_alone, "run at once"),
    mutants.line_that_takes_no_name: (scenarios.a_flow_and_two_jobs_that_run_alone, "run at once"),
    mutants.end_that_forgets_the_default_callback: (
        scenarios.a_failure_and_the_default_callback,
        "not reported to its org",
    ),
    mutants.batch_that_is_charged_once: (scenarios.a_batch_against_a_batch, "do not add up"),
    mutants.batch_without_its_keys: (scenarios.a_batch_against_a_batch, "two jobs for one key"),
    mutants.batch_that_drops_the_inputs_of_jobs_that_may_be_stored: (
        scenarios.a_batch_against_a_batch,
        "an input or a result was deleted",
    ),
    mutants.old_code_that_drops_fields_of_newer_code: (
        scenarios.old_code_and_a_need,
        "a field of newer code was lost|old code changed a job",
    ),
    mutants.list_that_begins_with_the_oldest: (scenarios.a_batch_against_a_batch, "the list is"),
    mutants.flow_that_forgets_its_last_start: (scenarios.a_paced_flow, "starts come faster"),
    mutants.retry_without_its_mark: (scenarios.a_retry_against_a_retry, "retried twice"),
    mutants.end_that_keeps_no_input: (scenarios.a_retry_against_an_expiry, "an input was lost"),
    mutants.slot_that_is_given_back_twice: (scenarios.a_flow_and_a_callback, "a slot is not that of its job"),
    mutants.slot_that_is_taken_without_its_condition: (
        scenarios.a_flow_and_a_callback,
        "a slot is not that of its job",
    ),
    mutants.ticket_that_is_outside_its_jobs_transaction: (scenarios.a_paced_flow, "a ticket is not that"),
    mutants.pump_that_does_not_check_that_the_job_waits: (
        scenarios.a_flow_and_a_cancel_in_its_line,
        "a debt left",
    ),
    mutants.pump_that_does_not_make_its_flow_due: (scenarios.a_flow_and_only_a_sweep, "a job was forgotten"),
    mutants.sweep_that_forgets_the_line: (scenarios.a_flow_and_only_a_sweep, "a job was forgotten"),
}


# On preemptions and faults.
BOUNDS = ((1, 0), (0, 1))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_no_short_history_breaks_a_promise(scenario: Callable[[Cast], None]) -> None:
    try:
        explored = explore(scenario, *BOUNDS)
    except Violation as violation:
        pytest.fail("\n".join((str(violation), *lines_of(violation))))

    assert explored.histories > len(BOUNDS)
    # No step changed what other histories share.
    assert [each for name, each in explored.backends.items() if each.fingerprint() != name] == []


# No scenario saves files: their histories are sampled.
ONLY_SAMPLED = {mutants.files_that_all_attempts_share, mutants.failed_job_with_files}


def test_each_planted_bug_has_a_scenario() -> None:
    assert set(FOUND_IN) | ONLY_SAMPLED == set(FOUND_BY)


@pytest.mark.parametrize("mutant", FOUND_IN, ids=lambda mutant: mutant.__name__)
def test_a_planted_bug_is_found(mutant: Callable[[], Any]) -> None:
    scenario, message = FOUND_IN[mutant]

    with mutant(), pytest.raises(Violation, match=message):
        explore(scenario, *BOUNDS)


def test_an_exploration_is_repeatable() -> None:
    first, second = (explore(scenarios.a_retry, (1, 0)) for _ in range(2))

    assert first == second


def test_a_violation_comes_with_a_shortest_history() -> None:
    with mutants.claim_that_ignores_a_live_lease(), pytest.raises(Violation) as found:
        explore(scenarios.two_wake_ups_and_a_cancel, (1, 1))

    writes = [step.process for step in found.value.history if step.call.name == "replace"]
    assert writes == ["worker 1", "worker 2"]
    assert [line for line in lines_of(found.value) if "lease" in line]
