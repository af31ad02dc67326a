"""The scenarios: a few processes that meet at one job or schedule."""

from __future__ import annotations

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.flows import Rate
from claimcheck.domain.job import CALLBACK_HORIZON, MINUTE, SECOND
from tests.exploration.cast import HOOK, LONG, PRICE, Cast
from tests.simulation.witness import NEED, PACE, PACED


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
    cast.lister()


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
    cast.lister()
    cast.reader(job_id)


def the_end_and_its_callback(cast: Cast) -> None:
    job_id = cast.submitted(callback_url=HOOK)
    cast.worker(job_id)
    cast.worker(job_id)
    cast.canceller(job_id)
    cast.sweeper()
    cast.lister()


def a_callback_and_a_redelivery(cast: Cast) -> None:
    job_id = cast.submitted(callback_url=HOOK)
    cast.engine.worker.run(job_id, lambda: 600 * SECOND)
    cast.worker(job_id)
    cast.worker(job_id)
    cast.redeliverer(job_id)
    cast.delivery_reader(job_id)
    cast.time(25 * SECOND)


def a_callback_and_its_expiry(cast: Cast) -> None:
    job_id = cast.submitted(callback_url=HOOK)
    cast.engine.worker.run(job_id, lambda: 600 * SECOND)
    cast.worker(job_id)
    cast.sweeper()
    cast.ttl()
    cast.redeliverer(job_id)
    cast.time(2 * MINUTE, CALLBACK_HORIZON)
    cast.lister()


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


def a_delete_before_a_put(cast: Cast) -> None:
    cast.scheduled()
    cast.sweeper()
    cast.sweeper()
    cast.keeper("delete", "put")
    cast.queue_worker()
    cast.time(MINUTE)


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


def old_code_and_a_need(cast: Cast) -> None:
    job_id = cast.submitted()
    job = cast.world.job(job_id)
    cast.world.store.replace(job, job.evolve(needs=(NEED,), written_by="newer"))
    cast.world.clock.advance(2 * MINUTE)
    cast.worker(job_id)
    cast.worker(job_id, old=True)
    cast.sweeper(old=True)
    cast.canceller(job_id, old=True)
    cast.reader(job_id)


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


def a_cancel_in_the_line(cast: Cast) -> None:
    holding, waiting = cast.holding_and_waiting()
    cast.worker(holding)
    cast.canceller(waiting)
    cast.worker(waiting)
    cast.reader(waiting)


def a_cancel_with_a_slot(cast: Cast) -> None:
    holding, waiting = cast.holding_and_waiting()
    cast.worker(holding)
    cast.canceller(holding)
    cast.worker(waiting)


def a_slot_and_only_a_sweep(cast: Cast) -> None:
    holding, _ = cast.holding_and_waiting()
    cast.canceller(holding)
    cast.sweeper()


def a_slot_and_a_callback(cast: Cast) -> None:
    cast.flow("one", concurrency=1)
    first, second = cast.submitted(flow="one", callback_url=HOOK), cast.submitted(flow="one", seconds=20)
    cast.worker(first)
    cast.worker(second)
    cast.queue_worker()


def a_worker_lost_with_a_slot(cast: Cast) -> None:
    cast.flow("one", concurrency=1)
    first, second = cast.submitted(flow="one"), cast.submitted(flow="one")
    cast.worker(first)
    cast.worker(second)
    cast.time(100 * SECOND)
    cast.sweeper()


def a_line_and_its_sweep(cast: Cast) -> None:
    holding, waiting = cast.holding_and_waiting()
    cast.world.clock.advance(2 * MINUTE)
    cast.sweeper()
    cast.worker(holding)
    cast.worker(waiting)


def the_end_of_a_line(cast: Cast) -> None:
    _, waiting = cast.holding_and_waiting()
    cast.world.clock.advance(2 * MINUTE)
    cast.canceller(waiting)
    cast.sweeper()
    cast.worker(cast.submitted(flow="one"))


def two_pumps(cast: Cast) -> None:
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


def old_code_and_a_slot(cast: Cast) -> None:
    holding, waiting = cast.holding_and_waiting()
    cast.worker(holding)
    cast.worker(holding, old=True)
    cast.canceller(waiting, old=True)
    cast.canceller(holding, old=True)


SCENARIOS = [each for name, each in globals().items() if getattr(each, "__module__", "") == __name__]
