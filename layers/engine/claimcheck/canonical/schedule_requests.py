"""The body of `PUT /v1/schedules/{name}`."""

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field

from claimcheck.authoring.catalog import MAX_DEADLINE, MAX_RETENTION, JobModel
from claimcheck.canonical.requests import Metadata, field_of, valid_part
from claimcheck.domain.errors import FieldError, InvalidFields
from claimcheck.domain.job import MINUTE, SECOND, Millis
from claimcheck.domain.json_text import compact
from claimcheck.domain.recurrence import UTC, Cron, Every, Recurrence, parse_cron, parse_rate, parse_zone
from claimcheck.domain.schedules import Missed, Overlap, Schedule
from claimcheck.http.admission import Caller
from claimcheck.service.callbacks.settings import MAX_URL
from claimcheck.service.schedules.editor import draft_of
from claimcheck.service.submission import Submission

# A row of DynamoDB holds 400 KB ("Service, account, and table quotas"), and each slot rewrites it.
INPUT_LIMIT = 256 * 1024


class PutSchedule(JobModel):
    """A recurring job. Has either `cron` or `rate`."""

    cron: str | None = Field(
        default=None,
        description="Five fields: minute, hour, day of the month, month, day of the week (0 or 7 is "
        "Sunday). Each is `*`, a number, a range `1-5`, a list `1,15` or a step `*/10`. Months and days "
        "can be names (`JAN`, `MON`). `L` is the last day of the month. If both days are restricted, "
        "one of them must match; if one of them starts with `*`, as in `*/2`, both must.",
        examples=["0 9 * * 1-5"],
    )
    timezone: str | None = Field(
        default=None,
        description="The time zone of `cron`: a name from the IANA time zone database. Default: UTC.",
        examples=["Europe/Vienna"],
    )
    rate: str | None = Field(
        default=None,
        description="Elapsed time between runs, such as `15 minutes`: a number and seconds, minutes, "
        "hours or days, from 1 minute to 366 days. Clock changes have no effect. The first run is one "
        "such time after the schedule was stored.",
    )
    type: str = Field(description="The job type's name.", examples=["text_statistics"])
    input: dict[str, Any] = Field(description="The job type's input: at most 256 KiB of JSON.")
    missed: Literal["skip", "run_once"] = Field(
        default="skip",
        description="How to handle slots missed in an outage of more than a minute: skip them, or run "
        "one job for all of them.",
    )
    overlap: Literal["allow", "skip"] = Field(
        default="allow",
        description="How to handle a slot while a job of the schedule is running, or waits for its flow: "
        "run both, or let the new one fail with `skipped`.",
    )
    start_by_seconds: int | None = Field(
        default=None,
        description="Seconds after its slot at which a job that has not started fails with `expired`. "
        "Default: none.",
        ge=1,
        le=MAX_DEADLINE // SECOND,
    )
    deadline_seconds: int | None = Field(
        default=None,
        description="Seconds after its start at which each job gives up. The default depends on the job "
        "type.",
        ge=1,
        le=MAX_DEADLINE // SECOND,
    )
    retention_seconds: int | None = Field(
        default=None,
        description="Seconds for which each ended job can be read. The default depends on the job type.",
        ge=MINUTE // SECOND,
        le=MAX_RETENTION // SECOND,
    )
    paused: bool | None = Field(
        default=None,
        description="Whether the schedule is paused. Default: unchanged; a new schedule is active.",
    )
    callback_url: str | None = Field(
        default=None,
        description="The URL to call when a job of the schedule ends, as in `POST /v1/jobs`.",
        max_length=MAX_URL,
        json_schema_extra={"format": "uri"},
    )
    metadata: Metadata = Field(default={}, description="The metadata of each job, as in `POST /v1/jobs`.")
    flow: str | None = Field(default=None, description="The flow of each job, as in `POST /v1/jobs`.")


def schedule_of(
    body: object,
    name: str,
    caller: Caller,
    submission: Submission,
    now: Millis,
    callback_in_header: str | None = None,
) -> tuple[Schedule, bool | None]:
    """Return the schedule of a body, with the callback of the body or of the header, and `paused`.

    Raises: InvalidFields, which names every wrong field of the body and of its input.
    """
    asked, wrong = valid_part(PutSchedule, body)
    names = {field_of(each) for each in wrong}
    recurrence, more = _recurrence(asked, now)
    schedule = _schedule(asked, name, caller, recurrence, now)
    callback_at = "/callback_url"
    if callback_in_header is not None:
        if asked.callback_url is not None:
            more.append(FieldError(callback_at, "is already in the header Claimcheck-Callback-Url"))
        schedule, callback_at = schedule.evolve(callback_url=callback_in_header).needing(), ""
    more += submission.errors_in(draft_of(schedule, now)._replace(callback_at=callback_at, flow_at="/flow"))
    if len(schedule.input.encode()) > INPUT_LIMIT:
        more.append(FieldError("/input", f"must be at most {INPUT_LIMIT} bytes of JSON"))
    if "rate" in names:
        names.add("cron")  # a wrong rate is still a rate
    wrong += [each for each in more if field_of(each) not in names]
    if wrong:
        raise InvalidFields(wrong)
    return schedule, asked.paused


def _schedule(asked: PutSchedule, name: str, caller: Caller, recurrence: Recurrence, now: Millis) -> Schedule:
    return Schedule(
        org=caller.key.org,
        name=name,
        plan=caller.key.plan,
        recurrence=recurrence,
        type=asked.type,
        input=compact(asked.input),
        metadata=asked.metadata,
        missed=Missed(asked.missed),
        overlap=Overlap(asked.overlap),
        start_by=_millis(asked.start_by_seconds),
        callback_url=asked.callback_url,
        deadline=_millis(asked.deadline_seconds),
        retention=_millis(asked.retention_seconds),
        key_id=caller.key_hash,
        flow=asked.flow,
        created_at=now,
    ).needing()


def _recurrence(asked: PutSchedule, now: Millis) -> tuple[Recurrence, list[FieldError]]:
    """Return the recurrence, with a substitute for each wrong part."""
    if asked.cron is None and asked.rate is None:
        return Every(MINUTE, now), [FieldError("/cron", "is required, unless rate is given")]
    if asked.rate is None:
        cron, wrong = _parsed("/cron", asked.cron or "", lambda text: parse_cron(text, now))
        zone, wrong_zone = _parsed("/timezone", UTC if asked.timezone is None else asked.timezone, parse_zone)
        return Cron(cron, zone), wrong + wrong_zone
    period, errors = _parsed("/rate", asked.rate, lambda rate: str(parse_rate(rate)))
    if asked.cron is not None:
        errors.append(FieldError("/rate", "must not be given together with cron"))
    if asked.timezone is not None and asked.cron is None:
        errors.append(FieldError("/timezone", "must not be given together with rate, which ignores clocks"))
    # In whole seconds, like the slots of cron.
    return Every(MINUTE if errors else int(period), now // SECOND * SECOND), errors


def _parsed(pointer: str, text: str, parse: Callable[[str], str]) -> tuple[str, list[FieldError]]:
    try:
        return parse(text), []
    except ValueError as error:
        return text, [FieldError(pointer, str(error))]


def _millis(seconds: int | None) -> Millis | None:
    return None if seconds is None else seconds * SECOND
