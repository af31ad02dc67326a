"""`{{expression}}` in a text: the places that a later answer fills."""

from __future__ import annotations

from typing import NamedTuple

from apps.requests.expressions import MAX_EXPRESSION, mentions, parsed

MAX_PLACEHOLDERS = 20
# What an expression in a placeholder looks at.
ROOT = "start"


class Piece(NamedTuple):
    """A part of a text: as it stands, or (`is_placeholder`) what an expression finds."""

    text: str
    is_placeholder: bool


def pieces(text: str) -> list[Piece]:
    """The text in its order."""
    found, at = [], 0
    # By hand: a pattern would look for `}}` to the end of the text from each `{{` anew.
    while (opened := text.find("{{", at)) >= 0 and (closed := text.find("}}", opened + 2)) >= 0:
        found += [Piece(text[at:opened], False), Piece(text[opened + 2 : closed].strip(), True)]
        at = closed + 2
    return [*found, Piece(text[at:], False)]


def expressions_in(text: str) -> list[str]:
    return [piece.text for piece in pieces(text) if piece.is_placeholder]


def filled(text: str, with_text: str) -> str:
    """The text with the same in all of its places."""
    return "".join(with_text if piece.is_placeholder else piece.text for piece in pieces(text))


def checked(text: str) -> str:
    """Raises: ValueError when a placeholder is not closed, is no expression, or looks at no answer."""
    found = expressions_in(text)
    if len(found) > MAX_PLACEHOLDERS:
        raise ValueError(f"there are at most {MAX_PLACEHOLDERS} placeholders")
    if "{{" in filled(text, ""):
        raise ValueError("a placeholder is not closed: after {{ there must be }}")
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
        raise ValueError(f"{named} looks at nothing of {ROOT}: write {ROOT}.body.…, .headers.… or .status")
