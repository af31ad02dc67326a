"""Reads of recurring schedules and their jobs."""

from claimcheck.domain.errors import ScheduleNotFound
from claimcheck.domain.job import Job
from claimcheck.domain.ports import Page, ScheduleStore
from claimcheck.domain.schedules import SCHEDULE_NAME, Schedule, ScheduleKey
from claimcheck.service.reader import MAX_PAGE, JobReader


class ScheduleReader:
    def __init__(self, store: ScheduleStore, reader: JobReader) -> None:
        self._store = store
        self._reader = reader

    def get(self, org: str, name: str) -> Schedule:
        """Raises: ScheduleNotFound."""
        return find(self._store, org, name)

    def list_schedules(self, org: str, limit: int, after: str | None) -> Page[Schedule]:
        """Return an org's schedules by name, without their inputs. A page may be short."""
        return self._store.list_schedules(org, after, min(limit, MAX_PAGE))

    def jobs(self, org: str, name: str, limit: int, after: str | None) -> Page[Job]:
        """Return a schedule's jobs, newest first. A page may be short. Raises: ScheduleNotFound."""
        schedule = self.get(org, name)
        page = self._store.job_ids(schedule.key, after, min(limit, MAX_PAGE))
        return Page(self._reader.some(org, page.entries), page.after)


def key_of(org: str, name: str) -> ScheduleKey:
    """Raises: ScheduleNotFound for a name that no schedule can have. A store might refuse it as a key."""
    if not SCHEDULE_NAME.fullmatch(name):
        raise ScheduleNotFound
    return ScheduleKey(org, name)


def find(store: ScheduleStore, org: str, name: str) -> Schedule:
    """Raises: ScheduleNotFound."""
    schedule = store.read(key_of(org, name))
    if schedule is None:
        raise ScheduleNotFound
    return schedule
