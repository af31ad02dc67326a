from __future__ import annotations

import json
import time
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from apps.samples.handlers.text_statistics import handle
from apps.samples.job_types.text_statistics import JOB_TYPE, Input, Keyword, Result
from claimcheck.testing import RecordingContext
from tests.kit import events


def statistics(text: str, keywords: int = 10) -> Result:
    return handle(Input(text=text, keywords=keywords), RecordingContext())


def keywords(text: str, limit: int = 10) -> list[str]:
    return [keyword.word for keyword in statistics(text, limit).keywords]


def examples(model: type[BaseModel]) -> dict[str, Any]:
    return {name: field.examples[0] for name, field in model.model_fields.items() if field.examples}


def test_the_declared_examples_are_what_the_handler_really_gives() -> None:
    result = handle(Input.model_validate(examples(Input)), RecordingContext())

    assert result.model_dump(include=set(examples(Result))) == examples(Result)
    assert result.keywords[0].model_dump() == examples(Keyword)


def test_the_event_for_sam_local_is_a_job_of_this_type() -> None:
    body = json.loads(events.load("submit_job")["body"])

    assert body["type"] == JOB_TYPE.name
    assert handle(Input.model_validate(body["input"]), RecordingContext()).words == 14


def test_characters_are_code_points_as_they_were_sent() -> None:
    assert statistics("cafe\u0301 😀").characters == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("well-known don't don\u2019t", 3),
        ("- a - b -", 2),
        ("'quoted' \u2018words\u2019", 2),
        ("3.14 1,000,000 2,5", 3),
        ("one,two.three", 3),
        ("snake_case", 2),
        ("naïve cafe\u0301", 2),
        ("co\u00adoperate", 1),
        ("नमस्ते दुनिया", 2),
        ("مرحبا بالعالم", 2),
        ("안녕하세요 세계", 2),
        ("我喜歡咖啡", 5),
        ("東京タワー", 3),
        ("ตัวอย่าง", 1),
        ("👍🏽 … — !!!", 0),
    ],
)
def test_a_word_is_a_run_of_letters_marks_and_digits(text: str, words: int) -> None:
    assert statistics(text).words == words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("No full stop", 1),
        ("One. Two! Three? Four… Five", 5),
        ("Really?! Yes...", 2),
        ('He said: "Stop." Then he left.', 2),
        ('"Really?" he asked.', 1),
        ("It costs 3.50 on example.com today.", 1),
        ("Dr. Smith met J. R. R. Tolkien, e.g. at noon.", 1),
        ("So did I. You did not.", 2),
        ("A title\n\nAnd a sentence.", 2),
        ("我喜歡咖啡。你呢\uff1f", 2),
        ("यह हिन्दी है। अच्छा।", 2),
        ("... !!! ???", 0),
    ],
)
def test_a_sentence_has_a_word_and_an_end(text: str, sentences: int) -> None:
    assert statistics(text).sentences == sentences


@pytest.mark.parametrize(
    ("text", "paragraphs", "lines"),
    [
        ("one line", 1, 1),
        ("one line\n", 1, 1),
        ("two\nlines", 1, 2),
        ("two\n\nparagraphs", 2, 3),
        ("two\r\n \t\r\n\r\nparagraphs\r\n", 2, 4),
        ("\n\n\n", 0, 3),
        (" ", 0, 1),
    ],
)
def test_blank_lines_part_paragraphs_and_count_as_lines(text: str, paragraphs: int, lines: int) -> None:
    result = statistics(text)

    assert (result.paragraphs, result.lines) == (paragraphs, lines)


def test_reading_takes_a_minute_for_238_words() -> None:
    assert statistics("word " * 238).reading_seconds == 60
    assert statistics("word " * 239).reading_seconds == 61


def test_a_text_without_words_has_zeros_and_no_keywords() -> None:
    result = statistics("!?")

    assert result.words == result.sentences == result.unique_words == result.reading_seconds == 0
    assert result.average_sentence_length == 0
    assert result.keywords == []


def test_letter_case_composition_and_kind_of_apostrophe_make_no_different_words() -> None:
    result = statistics("Café CAFE\u0301 café rock\u2019n\u2019roll Rock'n'Roll")

    assert result.unique_words == 2


def test_keywords_are_the_most_frequent_words_without_english_stop_words() -> None:
    assert keywords("The cat and the dog. The cat isn't the dog's. A cat!") == ["cat", "dog", "dog's"]


def test_of_equally_frequent_keywords_the_first_met_comes_first() -> None:
    assert keywords("pear apple fig apple pear fig", 2) == ["pear", "apple"]


def test_density_is_the_share_of_all_words() -> None:
    (keyword,) = statistics("the coat of the king is a coat", keywords=1).keywords

    assert (keyword.word, keyword.count, keyword.density) == ("coat", 2, 0.25)


def test_no_keywords_are_listed_when_none_are_asked_for() -> None:
    assert keywords("coat coat coat", 0) == []


def test_a_long_document_reports_progress_by_its_parts_and_a_short_one_none() -> None:
    text = "\n\n".join(["Leave your coat. " * 1000] * 20)
    long, short = RecordingContext(), RecordingContext()

    handle(Input(text=text), long)
    handle(Input(text="Leave your coat."), short)

    done = [done for done, _, _ in long.reported]
    assert len(done) == 3
    assert done == sorted(done)
    assert {total for _, total, _ in long.reported} == {len(text)}
    assert short.reported == []


@pytest.mark.parametrize(
    "unit",
    ["a", "a ", "a-", "1.", ".", ".'", " .\n", "\n", "'", "A. ", "\u0301", "e\u0323", "漢", "\u200d", "😀"],
)
def test_no_text_takes_longer_than_its_length_explains(unit: str) -> None:
    text = (unit * 1_000_000)[:999_999] + "x"

    started = time.process_time()
    result = statistics(text)

    assert result.characters == 1_000_000
    assert time.process_time() - started < JOB_TYPE.timeout / 2


def test_every_character_of_unicode_can_be_read() -> None:
    text = "".join(chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000)

    result = statistics(text[:1_000_000], keywords=50)

    assert Result.model_validate_json(result.model_dump_json()) == result


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": "a" * 1_000_001}, "text"),
        ({"text": 1}, "text"),
        ({"text": "a", "keywords": -1}, "keywords"),
        ({"text": "a", "keywords": 51}, "keywords"),
        ({"text": "a", "keywords": "5"}, "keywords"),
        ({"text": "a", "language": "en"}, "language"),
    ],
)
def test_an_input_out_of_bounds_is_refused_by_the_name_of_its_field(body: object, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Input.model_validate_json(json.dumps(body))

    assert [error["loc"] for error in refused.value.errors()] == [(field,)]
