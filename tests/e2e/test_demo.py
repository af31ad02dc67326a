"""docs/demo.md shows each chapter as the demo prints it."""

import re

import pytest

from local import demo, transcript
from local.stack import Stack

CHAPTER = re.compile(r"^\d+\. (.+)\n-+\n", re.MULTILINE)


def chapters_in(output: str) -> dict[str, list[str]]:
    """Return the lines of each chapter by its title. Their numbers depend on the installed apps."""
    _, *parts = CHAPTER.split(transcript.normal(output))
    return {title: text.strip().splitlines() for title, text in zip(parts[::2], parts[1::2], strict=True)}


def test_the_page_shows_what_the_demo_prints(deployed: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()

    demo.run(deployed)

    printed = chapters_in(capsys.readouterr().out)
    # Chapters of apps that were deleted stay on the page until `make transcript`.
    shown = {title: text for title, text in chapters_in(shown_by_the_page()).items() if title in printed}
    assert list(shown.items()) == list(printed.items())


def shown_by_the_page() -> str:
    reported, _, _ = transcript.shown().partition("\nEvery check passed")
    return reported
