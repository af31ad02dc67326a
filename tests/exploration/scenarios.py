"""The scenarios: a few processes that meet at one job or schedule."""

from __future__ import annotations

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.flows import Rate
from claimcheck.domain.job import CALLBACK_HORIZON, MINUTE, SECOND
from tests.exploration.cast import HOOK, LONG, LONG_FAIL, PRICE, Cast
from tests.simulation.witness import ADDED, NEED, PACE, PACED


def two_wake_ups_and_a_cancel(cast: Cast) -> None:
    job_id = cast.submitted()
    cast.worker(job_id)
    cast.worker(job_id)
    cast.canceller(job_id)
    cast.reader(job_id)


def a_stalled_worker_and_a_second(cast: Cast) -> None:
    job_id = cast.submitted()
    cast.worker(job_id)
    cast.worker(job_id)
    cast.sweeper()
    cast.reader(job_id)
    cast.time(100 * SECOND)


def a_cancel_during_the_work(cast: Cast) -> None:
    job_id = cast.submitted("progress", seconds=20)
    cast.worker(job_id)
    cast.canceller(job_id)
    cast.sweeper()
    cast.reader(job_id)
    cast.time(100 * SECOND)


def the_deadline(cast: Cast) -> None:
    now = cast.world.clock.now()
    job_id = cast.submitted(seconds=40, deadline=rfc3339(now + 30 * SECOND))
    cast.worker(job_id)
    cast.worker(job_id)
    cast.sweeper()
    cast.canceller(job_id)
    cast.time(30 * SECOND)
    cast.reader(job_id)


def the_last_attempt(cast: Cast) -> None:
    job_id = cast.submitted("never")
    for _ in range(2):
        cast.world.engine.worker.run(job_id, lambda: 600 * SECOND)
    cast.worker(job_id)
    cast.worker(job_id)
    cast.sweeper()
    cast.reader(job_id)
    cast.time(100 * SECOND)


def a_retry(cast: Cast) -> None:
    job_id = cast.submitted("retry")
    cast.worker(job_id)
    cast.worker(job_id)
    cast.canceller(job_id)
    cast.reader(job_id)


def a_reader_of_retries(cast: Cast) -> None:
    job_id = cast.submitted("never", seconds=1)
    cast.worker(job_id)
    cast.worker(job_id)
    cast.reader(job_id)


def a_poll_that_calls_again(cast: Cast) -> None:
    job_id = cast.submitted("again")
    cast.worker(job_id)
    cast.worker(job_id)
    cast.sweeper()
    cast.reader(job_id)


def a_timer(cast: Cast) -> None:
    now = cast.world.clock.now()
    job_id = cast.submitted(run_at=rfc3339(now + 70 * SECOND))
    cast.queue_worker()
    cast.worker(job_id)
    cast.canceller(job_id)
    cast.time(69 * SECOND)
    cast.reader(job_id)


def two_sweeps(cast: Cast) -> None:
    job_id = cast.submitted()
    cast.world.clock.advance(2 * MINUTE)
    cast.sweeper()
    cast.sweeper()
    cast.worker(job_id)
    cast.reader(job_id)


def the_end_and_its_callback(cast: Cast) -> None:
    job_id = cast.submitted(callback_url=HOOK)
    cast.worker(job_id)
    cast.worker(job_id)
    cast.canceller(job_id)
    cast.sweeper()
    cast.reader(job_id)


def a_callback_and_a_redelivery(cast: Cast) -> None:
    job_id = cast.submitted(callback_url=HOOK)
    cast.engine.worker.run(job_id, lambda: 600 * SECOND)
    cast.worker(job_id)
    cast.worker(job_id)
    cast.redeliverer(job_id)
    cast.reader(job_id)
    cast.time(25 * SECOND)


def a_callback_and_its_expiry(cast: Cast) -> None:
    job_id = cast.submitted(callback_url=HOOK)
    cast.engine.worker.run(job_id, lambda: 600 * SECOND)
    cast.worker(job_id)
    cast.sweeper()
    cast.ttl()
    cast.redeliverer(job_id)
    cast.time(2 * MINUTE, CALLBACK_HORIZON)
    cast.reader(job_id)


def one_idempotency_key(cast: Cast) -> None:
    cast.credits(10 * PRICE)
    cast.submitter(key="k")
    cast.submitter(key="k")
    cast.queue_worker()
    cast.lister()


def credits_for_one_job(cast: Cast) -> None:
    cast.credits(PRICE)
    cast.submitter("fail")
    cast.submitter("fail")
    cast.queue_worker()
    cast.queue_worker()
    cast.lister()


def a_batch_against_a_batch(cast: Cast) -> None:
    cast.credits(10 * PRICE)
    cast.batcher("work", LONG_FAIL, key="k")
    cast.batcher("work", LONG_FAIL, key="k")
    cast.queue_worker()
    cast.lister()


def a_batch_and_credits_for_one_job(cast: Cast) -> None:
    cast.credits(PRICE)
    cast.batcher("work", "fail", key="k")
    cast.submitter()
    cast.queue_worker()
    cast.lister()


def a_slot_and_a_put(cast: Cast) -> None:
    cast.scheduled()
    cast.sweeper()
    cast.sweeper()
    cast.keeper("put")
    cast.queue_worker()
    cast.time(MINUTE)
    cast.slot_lister()


def a_slot_and_a_pause(cast: Cast) -> None:
    cast.scheduled()
    cast.sweeper()
    cast.keeper("pause")
    cast.queue_worker()
    cast.slot_lister()
    cast.time(MINUTE)


def a_slot_and_a_delete(cast: Cast) -> None:
    cast.scheduled()
    cast.sweeper()
    cast.keeper("delete")
    cast.queue_worker()
    cast.time(MINUTE)
    cast.slot_lister()


def a_slot_and_a_put_before_a_delete(cast: Cast) -> None:
    cast.scheduled()
    cast.sweeper()
    cast.keeper("put", "delete")
    cast.slot_lister()


def a_slot_and_a_pause_before_a_resume(cast: Cast) -> None:
    cast.scheduled()
    cast.sweeper()
    cast.sweeper()
    cast.keeper("pause", "resume")
    cast.queue_worker()
    cast.slot_lister()


def a_pause_against_a_resume(cast: Cast) -> None:
    cast.scheduled()
    cast.sweeper()
    cast.keeper("pause")
    cast.keeper("resume")
    cast.queue_worker()
    cast.time(MINUTE)
    cast.slot_lister()


def a_delete_before_a_put(cast: Cast) -> None:
    cast.scheduled()
    cast.sweeper()
    cast.sweeper()
    cast.keeper("delete", "put")
    cast.queue_worker()
    cast.time(MINUTE)
    cast.slot_lister()


def a_large_input_and_result(cast: Cast) -> None:
    job_id = cast.submitted(LONG)
    cast.worker(job_id)
    cast.worker(job_id)
    cast.canceller(job_id)
    cast.reader(job_id)


def a_large_submission(cast: Cast) -> None:
    cast.credits(10 * PRICE)
    cast.submitter(LONG, key="k")
    cast.submitter(LONG, key="k")
    cast.queue_worker()
    cast.lister()


def a_retry_against_a_retry(cast: Cast) -> None:
    job_id = cast.failed()
    cast.retrier(job_id)
    cast.retrier(job_id)
    cast.queue_worker()
    cast.lister()


def a_retry_against_an_expiry(cast: Cast) -> None:
    job_id = cast.failed(LONG_FAIL)
    cast.retrier(job_id)
    cast.sweeper()
    cast.ttl()
    cast.queue_worker()
    cast.time(MINUTE)


def a_retry_against_a_redelivery(cast: Cast) -> None:
    job_id = cast.submitted("fail", callback_url=HOOK)
    cast.engine.worker.run(job_id, lambda: 600 * SECOND)
    cast.credits(10 * PRICE)
    cast.retrier(job_id)
    cast.worker(job_id)
    cast.redeliverer(job_id)
    cast.retrier(job_id)


def a_bulk_cancel_against_a_worker(cast: Cast) -> None:
    job_id = cast.submitted("progress", seconds=2)
    bulk_id = cast.bulk("cancel")
    cast.worker(bulk_id)
    cast.worker(job_id)
    cast.worker(bulk_id)


def a_bulk_retry_against_a_retry(cast: Cast) -> None:
    job_id = cast.failed()
    bulk_id = cast.bulk("retry")
    cast.worker(bulk_id)
    cast.worker(bulk_id)
    cast.retrier(job_id)


def another_org(cast: Cast) -> None:
    job_id = cast.submitted(callback_url=HOOK)
    cast.worker(job_id)
    cast.worker(job_id)
    cast.stranger(job_id)
    cast.reader(job_id)


def clocks_ninety_seconds_apart(cast: Cast) -> None:
    """Leases overlap. Still the job ends once, and credits and executions are exact."""
    job_id = cast.submitted(seconds=20)
    cast.worker(job_id)
    cast.worker(job_id, ahead=90 * SECOND)
    cast.sweeper(ahead=90 * SECOND)
    cast.canceller(job_id)
    cast.reader(job_id)


def old_code_and_a_need(cast: Cast) -> None:
    job_id = cast.submitted()
    job = cast.world.job(job_id)
    cast.world.store.replace(job, job.evolve(needs=(NEED,), unknown=ADDED, written_by="newer"))
    cast.world.clock.advance(2 * MINUTE)
    cast.worker(job_id)
    cast.worker(job_id, old=True)
    cast.sweeper(old=True)
    cast.canceller(job_id, old=True)
    cast.reader(job_id)


def old_code_and_a_unique_key(cast: Cast) -> None:
    job_id = cast.submitted(unique_key="work")
    cast.credits(PRICE)
    cast.world.clock.advance(2 * MINUTE)
    cast.worker(job_id)
    cast.worker(job_id, old=True)
    cast.sweeper(old=True)
    cast.canceller(job_id, old=True)
    cast.submitter(unique_key="work")


def a_unique_key_and_the_end(cast: Cast) -> None:
    job_id = cast.submitted(unique_key="work")
    cast.credits(2 * PRICE)
    cast.worker(job_id)
    cast.canceller(job_id)
    cast.submitter(unique_key="work")
    cast.submitter(unique_key="work", key="k", on_duplicate="existing")


def a_unique_key_and_its_replay(cast: Cast) -> None:
    job_id = cast.submitted(unique_key="work")
    cast.credits(2 * PRICE)
    cast.worker(job_id)
    for _ in range(2):
        cast.submitter(unique_key="work", key="k", on_duplicate="existing")
    cast.queue_worker()


def a_unique_key_that_is_taken_over(cast: Cast) -> None:
    cast.void_name("work")
    cast.credits(3 * PRICE)
    cast.submitter(unique_key="work")
    cast.submitter(unique_key="work")
    cast.submitter(unique_key="work", key="k", on_duplicate="existing")
    cast.queue_worker()


def a_start_by(cast: Cast) -> None:
    now = cast.world.clock.now()
    job_id = cast.submitted(start_by=rfc3339(now + 30 * SECOND))
    cast.worker(job_id)
    cast.worker(job_id)
    cast.sweeper()
    cast.canceller(job_id)
    cast.time(30 * SECOND)
    cast.reader(job_id)


def two_jobs_that_run_alone(cast: Cast) -> None:
    cast.scheduled(overlap="skip", input={"text": "work", "times": 41})
    first, second = cast.run_by_hand(), cast.run_by_hand()
    cast.worker(first)
    cast.worker(second)
    cast.canceller(first)
    cast.time(30 * SECOND)


def a_slot_and_the_running_job(cast: Cast) -> None:
    cast.scheduled(overlap="skip")
    first = cast.run_by_hand()
    cast.worker(first)
    cast.sweeper()
    cast.queue_worker()
    cast.time(MINUTE)


def a_failure_and_the_default_callback(cast: Cast) -> None:
    cast.default_callback()
    job_id = cast.submitted("fail")
    cast.worker(job_id)
    cast.worker(job_id)
    cast.canceller(job_id)
    cast.sweeper()


def two_jobs_and_a_flow_of_one_with_a_pause(cast: Cast) -> None:
    cast.flow("one", concurrency=1)
    first, second = cast.submitted(flow="one"), cast.submitted(flow="one")
    cast.worker(first)
    cast.worker(second)
    cast.flow_keeper("one", "pause", "resume")
    cast.reader(second)


def two_wake_ups_of_a_job_with_a_flow(cast: Cast) -> None:
    cast.flow("one", concurrency=1)
    job_id = cast.submitted(flow="one")
    cast.worker(job_id)
    cast.worker(job_id)
    cast.canceller(job_id)


def a_flow_and_a_cancel_in_its_line(cast: Cast) -> None:
    holding, waiting = cast.holding_and_waiting()
    cast.worker(holding)
    cast.canceller(waiting)
    cast.worker(waiting)
    cast.reader(waiting)


def a_flow_and_a_cancel(cast: Cast) -> None:
    holding, waiting = cast.holding_and_waiting()
    cast.worker(holding)
    cast.canceller(holding)
    cast.worker(waiting)


def a_flow_and_only_a_sweep(cast: Cast) -> None:
    holding, _ = cast.holding_and_waiting()
    cast.canceller(holding)
    cast.sweeper()


def a_flow_and_a_callback(cast: Cast) -> None:
    cast.flow("one", concurrency=1)
    first, second = cast.submitted(flow="one", callback_url=HOOK), cast.submitted(flow="one", seconds=20)
    cast.worker(first)
    cast.worker(second)
    cast.queue_worker()


def a_flow_and_a_lost_worker(cast: Cast) -> None:
    cast.flow("one", concurrency=1)
    first, second = cast.submitted(flow="one"), cast.submitted(flow="one")
    cast.worker(first)
    cast.worker(second)
    cast.time(100 * SECOND)
    cast.sweeper()


def a_flow_and_a_sweep_of_its_line(cast: Cast) -> None:
    holding, waiting = cast.holding_and_waiting()
    cast.world.clock.advance(2 * MINUTE)
    cast.sweeper()
    cast.worker(holding)
    cast.worker(waiting)


def a_flow_and_the_end_of_its_line(cast: Cast) -> None:
    _, waiting = cast.holding_and_waiting()
    cast.world.clock.advance(2 * MINUTE)
    cast.canceller(waiting)
    cast.sweeper()
    cast.worker(cast.submitted(flow="one"))


def a_flow_and_two_pumps(cast: Cast) -> None:
    holding, waiting = cast.holding_and_waiting("three")
    third = cast.submitted(flow="three")
    cast.work(third)
    cast.flow_keeper("three", "put", concurrency=2)
    cast.worker(holding)
    cast.worker(waiting)
    cast.worker(third)


def a_flow_that_is_deleted(cast: Cast) -> None:
    cast.flow("three", concurrency=1)
    first, second = cast.submitted(flow="three"), cast.submitted(flow="three")
    cast.worker(first)
    cast.worker(second)
    cast.flow_keeper("three", "delete")


def a_paced_flow(cast: Cast) -> None:
    cast.flow(PACED, rate=Rate(1, PACE // SECOND))
    first, second = cast.submitted(flow=PACED), cast.submitted(flow=PACED)
    cast.worker(first)
    cast.worker(second)
    cast.canceller(first)


def a_flow_and_two_jobs_that_run_alone(cast: Cast) -> None:
    cast.flow("one", concurrency=1)
    cast.scheduled(overlap="skip", flow="one")
    first, second = cast.run_by_hand(), cast.run_by_hand()
    cast.worker(first)
    cast.worker(second)
    cast.canceller(first)


def a_line_and_two_jobs_that_run_alone(cast: Cast) -> None:
    holding, waiting = cast.holding_and_waiting()
    cast.scheduled(overlap="skip", flow="one")
    first, second = cast.run_by_hand(), cast.run_by_hand()
    cast.canceller(waiting)
    cast.worker(holding)
    cast.worker(first)
    cast.worker(second)


def old_code_and_a_flow(cast: Cast) -> None:
    holding, waiting = cast.holding_and_waiting()
    cast.worker(holding)
    cast.worker(holding, old=True)
    cast.canceller(waiting, old=True)
    cast.canceller(holding, old=True)


SCENARIOS = [each for name, each in globals().items() if getattr(each, "__module__", "") == __name__]
