"""Bringing a masked text through a translator that may do anything with it.

Amazon Translate leaves alone what stands in an HTML element with `translate="no"`, in the text of a
plain TranslateText, too (its Developer Guide, "Using do-not-translate"), and it keeps lines. Both hold
nearly always. So each mark goes as such an element with only the mark's number in it, which no escaping
can change; what comes back is believed only when every line still has its marks; and what is not
believed is asked for again in smaller parts: line by line, and then without any marks, the stretches
between them each for itself. Nothing that is to stay depends on the service. (Custom terminology, the
alternative, is a file that must be uploaded before and is matched by words, not by places.)
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from apps.forvibe.localization.cutting import SENTENCES, pieces
from apps.forvibe.localization.masking import FIRST, MARK

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.ports import Translator

# Amazon Translate Developer Guide, "Guidelines and quotas": maximum input text, in UTF-8.
MAX_BYTES = 10_000

ELEMENT = re.compile(r'<span translate="no">\s*(\d{1,5})\s*</span>')
# None of these is ever sent, so they are the service's own: what it makes of text that it takes for
# HTML, and what is left of an element that it damaged.
ESCAPES = re.compile(r"&(?:#\w{1,8}|[A-Za-z]\w{1,30});")
RESIDUE = re.compile(r"[<>]|DNT_")
INVENTED = re.compile(rf"<[^<>]*>|[<>]|{MARK.pattern}")
AROUND_MARKS = re.compile(f"({MARK.pattern})")


class Stopped(Exception):
    """Nobody waits for this translation any more."""


class Interpreter:
    """Translates from one language into another; `sent` counts the characters that this took.

    Every call may raise what `ports.Translator` does; and Stopped, once `stopped` says so.
    """

    def __init__(self, translator: Translator, source: str, target: str, stopped: Callable[[], bool]) -> None:
        self._translator = translator
        self._source = source
        self._target = target
        self._stopped = stopped
        self.sent = 0

    def translate(self, text: str) -> str:
        """A masked text in the other language, its lines and its marks kept."""
        return "".join(self._piece(piece) for piece in pieces(text, _fits, SENTENCES))

    def _piece(self, text: str) -> str:
        if not _has_words(text):
            return text
        answer = self._ask(text)
        translated = _read(text, answer)
        if translated is not None:
            return translated
        if "\n" in text:
            return "\n".join(self._piece(line) for line in text.split("\n"))
        parts = AROUND_MARKS.split(text)
        if len(parts) > 1:
            return "".join(self._piece(part) for part in parts)
        return _on_one_line(text, answer)

    def _ask(self, text: str) -> str:
        if self._stopped():
            raise Stopped
        sent = _rendered(text.strip())
        self.sent += len(sent)
        answer = self._translator.translate(sent, self._source, self._target)
        return ESCAPES.sub(lambda found: html.unescape(found[0]), answer)


def _has_words(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _rendered(text: str) -> str:
    """As it is sent: each mark as an element that is not to be translated."""
    return MARK.sub(lambda found: f'<span translate="no">{ord(found[0]) - FIRST}</span>', text)


def _fits(text: str) -> bool:
    return len(_rendered(text).encode("utf-8", "replace")) <= MAX_BYTES


def _read(text: str, answer: str) -> str | None:
    """An answer with its marks, each line between the white space that it had; None if unfaithful."""
    marked = ELEMENT.sub(lambda found: chr(FIRST + int(found[1])), answer)
    if RESIDUE.search(marked):
        return None
    start, end = _edges(text)
    old, new = text.strip().split("\n"), marked.strip().split("\n")
    if len(old) != len(new) or not all(map(_is_faithful, old, new)):
        return None
    return start + "\n".join(map(_within_edges, old, new)) + end


def _is_faithful(old: str, new: str) -> bool:
    same_marks = sorted(MARK.findall(old)) == sorted(MARK.findall(new))
    return same_marks and bool(old.strip()) == bool(new.strip())


def _within_edges(old: str, new: str) -> str:
    start, end = _edges(old)
    return start + new.strip() + end


def _edges(text: str) -> tuple[str, str]:
    """The white space before and after it; all of it before, where there is nothing else."""
    core = text.strip()
    start = text.index(core) if core else len(text)
    return text[:start], text[start + len(core) :]


def _on_one_line(text: str, answer: str) -> str:
    """The last resort, for a line without marks: whatever came, or the line as it was."""
    words = " ".join(INVENTED.sub("", answer).split())
    return _within_edges(text, words) if words else text
