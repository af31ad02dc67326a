"""The articles to screen, from a request or from the news search."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from apps.deepidv.job_types.adverse_media_screening import Document, Report


@dataclass(frozen=True, slots=True)
class Article:
    """`published` is a date, or a time with an offset."""

    title: str
    text: str = ""
    url: str | None = None
    source: str | None = None
    published: date | None = None

    @classmethod
    def of(cls, document: Document) -> "Article":
        return cls(
            title=document.title,
            text=document.text,
            url=document.url,
            source=document.source or host_of(document.url),
            published=document.published_at,
        )

    @property
    def day(self) -> date | None:
        return self.published.date() if isinstance(self.published, datetime) else self.published

    def within(self, since: date | None, until: date | None) -> bool:
        """Return whether the date is in the period, inclusive. An undated article always is."""
        day = self.day
        return day is None or ((since is None or since <= day) and (until is None or day <= until))

    def report(self) -> Report:
        return Report(
            title=self.title,
            url=self.url,
            source=self.source,
            published_at=self.published.isoformat().replace("+00:00", "Z") if self.published else None,
        )


def host_of(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname
    except ValueError:  # such as an unclosed bracket
        return None
    return host.removeprefix("www.") if host else None
