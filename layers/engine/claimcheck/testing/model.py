"""A language model with scripted replies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from claimcheck.domain.ports import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from claimcheck.domain.ports import Turn

    Scripted: TypeAlias = "str | Reply | Exception"


@dataclass(frozen=True, slots=True)
class ModelRequest:
    model_id: str
    system: str
    turns: tuple[Turn, ...]
    schema: dict[str, Any]
    max_tokens: int
    timeout: float


class ScriptedModel:
    """A model that gives one of `replies` a call and records the calls in `asked`.

    A text is a complete answer of 100 input and 20 output tokens. An exception is raised.
    """

    def __init__(self, replies: Iterable[Scripted]) -> None:
        self._replies = list(replies)
        self.asked: list[ModelRequest] = []

    def converse(
        self,
        model_id: str,
        system: str,
        turns: Sequence[Turn],
        schema: dict[str, Any],
        *,
        max_tokens: int,
        timeout: float,
    ) -> Reply:
        self.asked.append(ModelRequest(model_id, system, tuple(turns), schema, max_tokens, timeout))
        assert self._replies, "the model was called more often than it has replies"
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, Reply) else Reply(reply, "end_turn", 100, 20)
