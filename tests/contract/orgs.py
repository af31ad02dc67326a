"""An org with credits, its submissions, and what is then stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.kit.jobs import NOW, RANDOMNESS, new_job, reserve

if TYPE_CHECKING:
    from claimcheck.bootstrap import Engine
    from claimcheck.domain.job import Job

FUNDS, PRICE = 40, 15


class Shape(NamedTuple):
    """The rows that a submission writes besides its job: the reservation of a key, a charge."""

    key_hash: str | None = None
    charge: int = 0


SHAPES = {
    "alone": Shape(),
    "reserved": Shape(key_hash="key"),
    "charged": Shape(charge=PRICE),
    "reserved and charged": Shape(key_hash="key", charge=PRICE),
}


def funded_job(engine: Engine, shape: Shape) -> Job:
    job = new_job(charge=shape.charge)
    engine.credits.add_credits(job.org, FUNDS, NOW, RANDOMNESS.token())
    return job


def insert(engine: Engine, job: Job, shape: Shape) -> None:
    engine.store.insert(job, shape.key_hash, reserve(job) if shape.key_hash else None)


class Stored(NamedTuple):
    """An org's jobs, the reservation of its key, and its credits."""

    jobs: int
    reserved: bool
    credits: int

    @classmethod
    def of(cls, engine: Engine, org: str) -> Stored:
        jobs = engine.store.list_jobs(org, None, 10).entries
        left = engine.credits.credits(org)
        assert left == sum(movement.amount for movement in engine.credits.ledger(org, 10).entries)
        return cls(len(jobs), engine.store.reservation(org, "key") is not None, left)


NOTHING = Stored(0, False, FUNDS)


def once_only(shape: Shape) -> Stored:
    return Stored(1, shape.key_hash is not None, FUNDS - shape.charge)
