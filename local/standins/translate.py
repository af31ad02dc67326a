"""Stands in for Amazon Translate where there is none: it pseudo-localises.

What it answers can be read by whoever reads the source, shows that every text went through a
translator, which one was not, and what breaks when texts grow: accents on all letters, a frame with
the target language, and about a third more length. Software makers have long tested layouts so.

To try how a job fails, put UNKNOWN into a text: then no language is known.

It speaks the JSON 1.1 protocol for TranslateText alone, keeps lines, tags and what HTML's
`translate="no"` marks, as the original does, and checks no signature. It detects no language (`auto`).

usage: python -m local.standins.translate PORT
"""

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# "Maximum input text" of real-time translation (Amazon Translate Developer Guide, "Guidelines and
# quotas"); the codes are those of its page "Supported languages and language codes".
MAX_BYTES = 10_000
LANGUAGE_CODES = """
af am ar az bg bn bs ca cs cy da de el en es es-MX et fa fa-AF fi fr fr-CA ga gu ha he hi hr ht hu
hy id is it ja ka kk kn ko lt lv mk ml mn mr ms mt nl no pa pl ps pt pt-PT ro ru si sk sl so sq sr
sv sw ta te th tl tr uk ur uz vi zh zh-TW
"""
LANGUAGES = frozenset(LANGUAGE_CODES.split())
UNKNOWN = "stand-in: know no language"
TARGET = "AWSShineFrontendService_20170701.TranslateText"
LARGEST = 1_000_000
"""Bytes of a request: far above what holds a text of full size."""

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"
ACCENTS = str.maketrans(PLAIN, ACCENTED)
# A part of each letter and digit of the source is added in length.
GROWTH = 0.3
# Tags, and an element that is not to be translated with all of its text.
MARKUP = re.compile(r'(<(\w+)[^<>]*\btranslate="no"[^<>]*>.*?</\2>|<[^<>]+>)')


def pseudo_localise(text: str, target: str) -> str:
    """Each line by itself: `[de: Çåļɱ ðåý ~~]`. A line without letters stays as it is."""
    return "\n".join(_line(line, target) for line in text.split("\n"))


def _line(line: str, target: str) -> str:
    # Every third part is markup; the one after it is only the name of its element.
    parts = MARKUP.split(line.strip())
    words = "".join(parts[::3])
    if not any(character.isalpha() for character in words):
        return line
    parts[::3] = [part.translate(ACCENTS) for part in parts[::3]]
    parts[2::3] = [""] * len(parts[2::3])
    padding = "~" * max(1, round(GROWTH * sum(character.isalnum() for character in words)))
    return line.replace(line.strip(), f"[{target}: {''.join(parts)} {padding}]")


class WireError(Exception):
    """One of the service's exceptions (Amazon Translate API Reference, "TranslateText", Errors)."""

    def __init__(self, kind: str, message: str, **members: str) -> None:
        super().__init__(message)
        self.body = {"__type": kind, "Message": message} | members


def translate_text(asked: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request's body. Raises: WireError."""
    names = ("Text", "SourceLanguageCode", "TargetLanguageCode")
    text, source, target = (asked.get(name) for name in names)
    if not (isinstance(text, str) and isinstance(source, str) and isinstance(target, str) and text):
        raise WireError("InvalidRequestException", f"{', '.join(names)} are required, and are text.")
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


class Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            self.answer(413, {"__type": "RequestEntityTooLarge", "Message": f"At most {LARGEST} bytes."})
            return
        body = self.rfile.read(int(length))
        try:
            self.answer(200, translate_text(self.asked(body)))
        except WireError as error:
            self.answer(400, error.body)

    def asked(self, body: bytes) -> dict[str, Any]:
        if self.headers.get("X-Amz-Target") != TARGET:
            raise WireError("UnknownOperationException", "This stand-in knows TranslateText alone.")
        try:
            asked = json.loads(body)
        except ValueError:
            raise WireError("SerializationException", "The body is not JSON.") from None
        if not isinstance(asked, dict):
            raise WireError("SerializationException", "The body is not a JSON object.")
        return asked

    def do_GET(self) -> None:
        self.send(
            200, "text/plain; charset=utf-8", b"A stand-in for Amazon Translate: it pseudo-localises.\n"
        )

    def answer(self, status: int, document: dict[str, Any]) -> None:
        self.send(status, "application/x-amz-json-1.1", json.dumps(document).encode())

    def send(self, status: int, media_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: texts are their authors'."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def serve(port: int) -> None:
    Server(("127.0.0.1", port), Desk).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
