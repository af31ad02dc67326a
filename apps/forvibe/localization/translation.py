"""Translate a masked text, and verify that the marks survive.

Each mark is sent as an HTML element with `translate="no"`, which Amazon Translate usually keeps (Developer
Guide, "Using do-not-translate"). It contains only the mark's number, which no escaping can change. If a line
or mark is lost, each line is translated alone, then each part between marks. (Custom terminology is not
used: it must be uploaded first, and matches words instead of places.)
"""

import html
import re
from collections.abc import Callable

from apps.forvibe.localization.cutting import SENTENCES, pieces
from apps.forvibe.localization.masking import FIRST, MARK
from claimcheck.domain.ports import Translator

# Amazon Translate Developer Guide, "Guidelines and quotas": maximum input text, in UTF-8.
MAX_BYTES = 10_000

ELEMENT = re.compile(r'<span translate="no">\s*(\d{1,5})\s*</span>')
# These are never sent. The service adds them when it treats text as HTML or damages an element.
ESCAPES = re.compile(r"&(?:#\w{1,8}|[A-Za-z]\w{1,30});")
RESIDUE = re.compile(r"[<>]|DNT_")
INVENTED = re.compile(rf"<[^<>]*>|[<>]|{MARK.pattern}")
AROUND_MARKS = re.compile(f"({MARK.pattern})")


class Stopped(Exception):
    """The attempt has ended, so the translation is not needed."""


class Interpreter:
    """A translator for one pair of languages. `sent` counts the characters sent.

    Raises: the errors of `ports.Translator`; Stopped once `stopped` returns True.
    """

    def __init__(self, translator: Translator, source: str, target: str, stopped: Callable[[], bool]) -> None:
        self._translator = translator
        self._source = source
        self._target = target
        self._stopped = stopped
        self.sent = 0

    def translate(self, text: str) -> str:
        return "".join(self._piece(piece) for piece in pieces(text, _fits, SENTENCES))

    def _piece(self, text: str) -> str:
        if not any(map(str.isalpha, text)):
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
        words = " ".join(INVENTED.sub("", answer).split())
        return _within_edges(text, words) if words else text

    def _ask(self, text: str) -> str:
        if self._stopped():
            raise Stopped
        sent = _rendered(text.strip())
        self.sent += len(sent)
        answer = self._translator.translate(sent, self._source, self._target)
        return ESCAPES.sub(lambda found: html.unescape(found[0]), answer)


def _rendered(text: str) -> str:
    return MARK.sub(lambda found: f'<span translate="no">{ord(found[0]) - FIRST}</span>', text)


def _fits(text: str) -> bool:
    return len(_rendered(text).encode("utf-8", "replace")) <= MAX_BYTES


def _read(text: str, answer: str) -> str | None:
    """Return an answer with marks and the original white space; None if a line or mark is lost."""
    marked = ELEMENT.sub(lambda found: chr(FIRST + int(found[1])), answer)
    if RESIDUE.search(marked):
        return None
    old, new = text.strip().split("\n"), marked.strip().split("\n")
    if len(old) != len(new) or not all(map(_is_faithful, old, new)):
        return None
    return _within_edges(text, "\n".join(map(_within_edges, old, new)))


def _is_faithful(old: str, new: str) -> bool:
    same_marks = sorted(MARK.findall(old)) == sorted(MARK.findall(new))
    return same_marks and bool(old.strip()) == bool(new.strip())


def _within_edges(old: str, new: str) -> str:
    """Return the new text with the leading and trailing white space of the old one."""
    start = len(old) - len(old.lstrip())
    return old[:start] + new.strip() + old[max(start, len(old.rstrip())) :]
