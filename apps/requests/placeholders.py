"""Placeholders `{{expression}}` in a text."""

from apps.requests.expressions import MAX_EXPRESSION, mentions, parsed

MAX_PLACEHOLDERS = 20
# The name of the answer in a placeholder's expression.
ROOT = "start"


def pieces(text: str) -> list[str]:
    """Split a text at its placeholders. Every second piece is the expression of a placeholder."""
    found, at = list[str](), 0
    # Without `re`, which would search for `}}` up to the end of the text from every `{{`.
    while (opened := text.find("{{", at)) >= 0 and (closed := text.find("}}", opened + 2)) >= 0:
        found += [text[at:opened], text[opened + 2 : closed].strip()]
        at = closed + 2
    return [*found, text[at:]]


def expressions_in(text: str) -> list[str]:
    return pieces(text)[1::2]


def filled(text: str, with_text: str) -> str:
    return with_text.join(pieces(text)[::2])


def checked(text: str) -> str:
    """Return the text. Raises: ValueError if a placeholder is invalid."""
    found = expressions_in(text)
    if len(found) > MAX_PLACEHOLDERS:
        raise ValueError(f"has {len(found)} placeholders: at most {MAX_PLACEHOLDERS} are allowed")
    if "{{" in filled(text, ""):
        raise ValueError("a placeholder is not closed: add }} after {{")
    for expression in found:
        named = f"the placeholder {{{{{expression[:60]}}}}}"
        if len(expression) > MAX_EXPRESSION:
            raise ValueError(f"{named}: an expression has at most {MAX_EXPRESSION:,} characters")
        try:
            tree = parsed(expression)
        except ValueError as error:
            raise ValueError(f"{named}: {error}") from None
        if not mentions(tree, ROOT):
            raise ValueError(f"{named} does not use {ROOT}: write {ROOT}.body.…, .headers.… or .status")
    return text
