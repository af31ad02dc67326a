"""The tools of a handler under test, each with answers that the test gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from claimcheck.outbound import Answer, check_headers, check_method, check_url
from claimcheck.testing.clock import FrozenClock
from claimcheck.testing.model import ScriptedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from claimcheck.domain.ports import Clock, LanguageModel, Translator

    Scripted: TypeAlias = "Answer | Exception"


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    timeout: float


class ScriptedOutbound:
    """A client that gives one of `answers` a request and records the requests in `sent`.

    It refuses the URLs, methods and headers that `Outbound` refuses. An exception is raised.
    """

    def __init__(self, answers: Iterable[Scripted] = ()) -> None:
        self._answers = list(answers)
        self.sent: list[OutboundRequest] = []

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        timeout: float,
        limit: int = 0,
    ) -> Answer:
        check_method(method)
        check_headers(headers or {})
        check_url(url, allow_loopback=False)
        self.sent.append(OutboundRequest(method, url, headers or {}, body, timeout))
        assert self._answers, "the handler sent more requests than the test has answers"
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class ScriptedTranslator:
    """A translator that answers with `translate(text, source, target)` and records its texts in `asked`."""

    def __init__(self, translate: Callable[[str, str, str], str] | None = None) -> None:
        self._translate = translate or (lambda text, source, target: f"{text} ({target})")
        self.asked: list[tuple[str, str, str]] = []

    def translate(self, text: str, source: str, target: str) -> str:
        self.asked.append((text, source, target))
        return self._translate(text, source, target)


@dataclass
class FakeTools:
    """The `Tools` for a `RecordingContext`. Without answers, a tool fails the test that uses it."""

    environment: Mapping[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=FrozenClock)
    # An `Outbound`, or a `ScriptedOutbound`.
    outbound: Any = field(default_factory=ScriptedOutbound)
    model: LanguageModel = field(default_factory=lambda: ScriptedModel([]))
    translator: Translator = field(default_factory=ScriptedTranslator)
