from __future__ import annotations

import json
import subprocess
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from local import process
from local.standins.translate import MAX_BYTES, TARGET, UNKNOWN, pseudo_localise
from tests.kit.translators import standin

if TYPE_CHECKING:
    from collections.abc import Iterator

CALM: dict[str, Any] = {"Text": "Calm my day", "SourceLanguageCode": "en", "TargetLanguageCode": "de"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with standin() as url:
        yield url


def post(url: str, body: Any, target: str = TARGET) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with httpx.Client(trust_env=False) as client:
        return client.post(url, content=content, headers={"X-Amz-Target": target})


def test_a_text_is_recognisable_accented_framed_and_says_its_language() -> None:
    assert pseudo_localise("Calm my day", "de") == "[de: Çåļɱ ɱý ðåý ~~~]"


def test_a_long_text_grows_by_about_a_third() -> None:
    text = "The quick brown fox jumps over the lazy dog, and then it does so again now. " * 10

    assert 1.2 < len(pseudo_localise(text, "de")) / len(text) < 1.4


def test_lines_stay_where_they_were_with_the_white_space_around_them() -> None:
    text = "One\n\n  \u2022 Two \r\n---\n3\n"

    assert pseudo_localise(text, "fr") == "[fr: Öñé ~]\n\n  [fr: \u2022 Ţŵö ~] \r\n---\n3\n"


def test_tags_stay_and_so_does_all_of_an_element_that_is_not_to_be_translated() -> None:
    text = 'Say <b>hi</b> to <span translate="no">Fizz & <i>Co</i></span> <br/> now'

    assert pseudo_localise(text, "es") == (
        '[es: Šåý <b>ĥî</b> ţö <span translate="no">Fizz & <i>Co</i></span> <br/> ñöŵ ~~~]'
    )


def test_the_same_text_is_always_translated_alike() -> None:
    assert len({pseudo_localise("Ship it", "ja") for _ in range(3)}) == 1


def test_it_answers_as_translate_text_does(url: str) -> None:
    answer = post(url, CALM)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert answer.json() == {
        "TranslatedText": "[de: Çåļɱ ɱý ðåý ~~~]",
        "SourceLanguageCode": "en",
        "TargetLanguageCode": "de",
    }


def test_into_its_own_language_a_text_stays_as_it_is(url: str) -> None:
    assert post(url, CALM | {"TargetLanguageCode": "en"}).json()["TranslatedText"] == "Calm my day"


def test_the_largest_text_is_taken_and_a_byte_more_is_not(url: str) -> None:
    largest = "\u00e9" * (MAX_BYTES // 2)

    assert post(url, CALM | {"Text": largest}).status_code == 200
    refused = post(url, CALM | {"Text": largest + "a"})
    assert (refused.status_code, refused.json()["__type"]) == (400, "TextSizeLimitExceededException")


@pytest.mark.parametrize("pair", [("en", "xx"), ("xx", "de"), ("auto", "de"), ("en", "pt-BR"), ("en", "")])
def test_a_language_that_amazon_translate_has_not_is_refused_with_its_code(
    url: str, pair: tuple[str, str]
) -> None:
    answer = post(url, CALM | {"SourceLanguageCode": pair[0], "TargetLanguageCode": pair[1]})

    assert answer.status_code == 400
    assert answer.json()["__type"] == "UnsupportedLanguagePairException"
    assert (answer.json()["SourceLanguageCode"], answer.json()["TargetLanguageCode"]) == pair


def test_a_text_can_ask_to_be_refused(url: str) -> None:
    answer = post(url, CALM | {"Text": f"Please, {UNKNOWN}!"})

    assert answer.json()["__type"] == "UnsupportedLanguagePairException"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (CALM | {"Text": ""}, "InvalidRequestException"),
        (CALM | {"Text": 7}, "InvalidRequestException"),
        ({"Text": "Calm"}, "InvalidRequestException"),
        ([], "SerializationException"),
        (b"{", "SerializationException"),
        (b"\xff", "SerializationException"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(url: str, body: Any, kind: str) -> None:
    answer = post(url, body)

    assert (answer.status_code, answer.json()["__type"]) == (400, kind)


def test_other_operations_are_unknown(url: str) -> None:
    answer = post(url, CALM, TARGET.replace("TranslateText", "TranslateDocument"))

    assert (answer.status_code, answer.json()["__type"]) == (400, "UnknownOperationException")


def test_a_request_too_large_to_be_one_is_not_read(url: str) -> None:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", "1000001")
    connection.endheaders()
    answer = connection.getresponse()
    answer.close()
    connection.close()

    assert answer.status == 413


def test_it_says_that_it_is_a_stand_in(url: str) -> None:
    answer = httpx.get(url, trust_env=False)

    assert answer.status_code == 200
    assert "stand-in" in answer.text


def test_it_starts_on_the_given_port() -> None:
    port = process.free_port()
    command = [sys.executable, "-m", "local.standins.translate", str(port)]
    with (
        subprocess.Popen(command) as started,
        httpx.Client(trust_env=False, transport=httpx.HTTPTransport(retries=10)) as client,
    ):
        answer = client.get(f"http://127.0.0.1:{port}")
        started.terminate()

    assert answer.status_code == 200
