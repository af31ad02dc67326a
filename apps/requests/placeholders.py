"""Placeholders `{{expression}}` in a text."""

from typing import NamedTuple

from apps.requests.expressions import MAX_EXPRESSION, mentions, parsed

MAX_PLACEHOLDERS = 20
# The name of the answer in a placeholder's expression.
ROOT = "start"


class Piece(NamedTuple):
    """A part of a text, or the expression of a placeholder."""

    text: str
    is_placeholder: bool


def pieces(text: str) -> list[Piece]:
    found, at = [], 0
    # Without `re`, which would search for `}}` up to the end of the text from every `{{`.
    while (opened := text.find("{{", at)) >= 0 and (closed := text.find("}}", opened + 2)) >= 0:
        found += [Piece(text[at:opened], False), Piece(text[opened + 2 : closed].strip(), True)]
        at = closed + 2
    return [*found, Piece(text[at:], False)]


def expressions_in(text: str) -> list[str]:
    return [piece.text for piece in pieces(text) if piece.is_placeholder]


def filled(text: str, with_text: str) -> str:
    return "".join(with_text if piece.is_placeholder else piece.text for piece in pieces(text))


def checked(text: str) -> str:
    """Return the text. Raises: ValueError if a placeholder is invalid."""
    found = expressions_in(text)
    if len(found) > MAX_PLACEHOLDERS:
        raise ValueError(f"has {len(found)} placeholders: at most {MAX_PLACEHOLDERS} are allowed")
    if "{{" in filled(text, ""):
        raise ValueError("a placeholder is not closed: add }} after {{")
    for expression in found:
        _check(expression)
    return text


def _check(expression: str) -> None:
    named = f"the placeholder {{{{{expression[:60]}}}}}"
    if len(expression) > MAX_EXPRESSION:
        raise ValueError(f"{named}: an expression has at most {MAX_EXPRESSION:,} characters")
    try:
        tree = parsed(expression)
    except ValueError as error:
        raise ValueError(f"{named}: {error}") from None
    if not mentions(tree, ROOT):
        raise ValueError(f"{named} does not use {ROOT}: write {ROOT}.body.…, .headers.… or .status")
