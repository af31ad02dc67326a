"""A stand-in for Amazon Translate that pseudo-localises.

Its translations stay readable: accents on all letters, a frame with the target language, and about a third
more length. So untranslated texts and layouts that break with longer texts are easy to see. A text with
UNKNOWN in it fails.

It serves TranslateText in the JSON 1.1 protocol. Like the original, it keeps lines, tags and HTML marked
with `translate="no"`. It checks no signatures and detects no languages (`auto`).

usage: python -m local.standins.translate PORT
"""

import json
import re
import sys
from typing import Any

from local.server import Handler, Server

# Amazon Translate Developer Guide, "Guidelines and quotas" and "Supported languages and language codes".
MAX_BYTES = 10_000
LANGUAGE_CODES = """
af am ar az bg bn bs ca cs cy da de el en es es-MX et fa fa-AF fi fr fr-CA ga gu ha he hi hr ht hu
hy id is it ja ka kk kn ko lt lv mk ml mn mr ms mt nl no pa pl ps pt pt-PT ro ru si sk sl so sq sr
sv sw ta te th tl tr uk ur uz vi zh zh-TW
"""
LANGUAGES = frozenset(LANGUAGE_CODES.split())
UNKNOWN = "stand-in: know no language"
TARGET = "AWSShineFrontendService_20170701.TranslateText"

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"
ACCENTS = str.maketrans(PLAIN, ACCENTED)
# The length added for each letter and digit.
GROWTH = 0.3
# Tags, and elements that must not be translated, with their text.
MARKUP = re.compile(r'(<(\w+)[^<>]*\btranslate="no"[^<>]*>.*?</\2>|<[^<>]+>)')


def pseudo_localise(text: str, target: str) -> str:
    """Translate each line: `[de: Çåļɱ ðåý ~~]`. Lines without letters do not change."""
    return "\n".join(_line(line, target) for line in text.split("\n"))


def _line(line: str, target: str) -> str:
    # In each three parts: text, markup, and the name of the element.
    parts = MARKUP.split(line.strip())
    words = "".join(parts[::3])
    if not any(character.isalpha() for character in words):
        return line
    parts[::3] = [part.translate(ACCENTS) for part in parts[::3]]
    parts[2::3] = [""] * len(parts[2::3])
    padding = "~" * max(1, round(GROWTH * sum(character.isalnum() for character in words)))
    return line.replace(line.strip(), f"[{target}: {''.join(parts)} {padding}]")


class WireError(Exception):
    """An exception of the service (Amazon Translate API Reference, "TranslateText", Errors)."""

    def __init__(self, kind: str, message: str, **members: str) -> None:
        super().__init__(message)
        self.body = {"__type": kind, "Message": message} | members


def translate_text(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the response to a request's body. Raises: WireError."""
    names = ("Text", "SourceLanguageCode", "TargetLanguageCode")
    text, source, target = (asked.get(name) for name in names)
    if not (isinstance(text, str) and isinstance(source, str) and isinstance(target, str) and text):
        raise WireError("InvalidRequestException", f"{', '.join(names)} are required and must be text.")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise WireError(
            "TextSizeLimitExceededException",
            f"Input text size exceeds limit. Max length of request text allowed is {MAX_BYTES} bytes "
            f"while in this request the text size is {size} bytes",
        )
    if not {source, target} <= LANGUAGES or UNKNOWN in text:
        raise WireError(
            "UnsupportedLanguagePairException",
            f"Unsupported language pair: {source} to {target}.",
            SourceLanguageCode=source,
            TargetLanguageCode=target,
        )
    translated = text if source == target else pseudo_localise(text, target)
    return {"TranslatedText": translated, "SourceLanguageCode": source, "TargetLanguageCode": target}


class Desk(Handler):
    largest_body = 1_000_000

    def do_POST(self) -> None:  # noqa: N802
        body = self.read_body()
        if body is None:
            message = f"The body must be at most {self.largest_body} bytes long."
            self.answer(413, {"__type": "RequestEntityTooLarge", "Message": message})
            return
        try:
            self.answer(200, translate_text(self.asked(body)))
        except WireError as error:
            self.answer(400, error.body)

    def asked(self, body: bytes) -> dict[str, Any]:
        if self.headers.get("X-Amz-Target") != TARGET:
            raise WireError("UnknownOperationException", "This stand-in has only TranslateText.")
        try:
            asked = json.loads(body)
        except ValueError:
            raise WireError("SerializationException", "The body is not JSON.") from None
        if not isinstance(asked, dict):
            raise WireError("SerializationException", "The body is not a JSON object.")
        return asked

    def do_GET(self) -> None:  # noqa: N802
        self.send(
            200, "text/plain; charset=utf-8", b"A stand-in for Amazon Translate: it pseudo-localises.\n"
        )

    def answer(self, status: int, document: dict[str, Any]) -> None:
        self.send(status, "application/x-amz-json-1.1", json.dumps(document).encode())


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Desk).serve_forever()
