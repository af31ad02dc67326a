"""The words that make a sentence need a second reading are in no text that people read."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.deployment import PROJECT as ROOT
from tests.kit.installed import openapi_document

# Each with the plain word for it.
AVOIDED = {
    r"told|tells?": "report, return, show, say",
    r"whom|who(so)?ever|whatever|whichever": "the noun itself",
    r"anew": "again, new",
    r"mend(s|ed|ing)?": "fix",
    r"ow(e|es|ed|ing)": "pending",
    r"begun": "started",
    r"go(es)? by": "depends on, follows",
    r"(?-i:none) (is|was|are|has)|(is|are|was) (?-i:none)": "no … yet",
    r"what nothing": "the noun itself",
    r"once more": "again",
    r"so many": "at most N",
    r"anybody('s)?": "the noun itself",
    r"fire[sd]?|firing": "a schedule submits slots, a request is sent, a timer is due",
    r"one's own": "your own",
    r"how far": "progress",
    r"stands?(?! for|-in| in for| apart)": "is, is stored",
    r"comes? to": "amounts to, reaches",
    r"made up for": "repeated",
    r"thereof|hence|thus|lest|nought|whence|hither|hereby": "a word of today",
    r"it says so|is said": "say what it says",
}
WORDS = re.compile(r"\b(" + "|".join(f"(?:{word})" for word in AVOIDED) + r")\b", re.IGNORECASE)

# A description starts with the thing that it describes.
NOUN_CLAUSE = re.compile(r"(What|Whom|Who|Whose|Where|Whence) (?!.*\?$)")

# The places where such a word is right: a path, and the text around it.
ALLOWED: dict[str, tuple[str, ...]] = {
    "apps/deepidv/screening/roles.py": ("| told | tells |", "being|be|stands|stood)"),
    "apps/deepidv/screening/stages.py": ("stand(s|ing)?|stood",),
    "apps/forvibe/review/prices.py": ("free fire, break free",),
    "apps/samples/handlers/text_statistics.py": ("who's whom whose",),
}

PRODUCT = ("layers", "functions", "apps", "clients", "local", "packaging", "console")
PAGES = sorted(
    path
    for pattern in (
        "*.md",
        "docs/**/*.md",
        "apps/*/README.md",
        "clients/*/README.md",
        "Makefile",
        "template.yaml",
        "apps/*/app.toml",
    )
    for path in ROOT.glob(pattern)
)
MODULES = sorted(
    path
    for place in PRODUCT
    for path in (ROOT / place).rglob("*.py")
    if "tests" not in path.relative_to(ROOT).parts and path.name != "index.py"
)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _found(text: str, allowed: tuple[str, ...] = ()) -> list[str]:
    for right in allowed:
        text = text.replace(right, "")
    return [text[max(0, hit.start() - 30) : hit.end() + 30] for hit in WORDS.finditer(text)]


def _prose(source: str) -> Iterator[str]:
    """The comments and the texts of a module."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.removeprefix("#").strip()
        elif token.type == tokenize.STRING:
            yield token.string.strip("rbuf\"'").strip()


def _docstrings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_a_page_is_in_plain_english(path: Path) -> None:
    assert _found(path.read_text(), ALLOWED.get(_name(path), ())) == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_is_in_plain_english(path: Path) -> None:
    source = path.read_text()

    assert _found("\n".join(_prose(source)), ALLOWED.get(_name(path), ())) == []
    assert [text.splitlines()[0] for text in _docstrings(source) if NOUN_CLAUSE.match(text)] == []


def test_the_openapi_document_is_in_plain_english() -> None:
    texts = list(_texts(openapi_document()))

    assert [hit for text in texts for hit in _found(text, ALLOWED.get("openapi.json", ()))] == []
    assert [text for text in texts if NOUN_CLAUSE.match(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Whom the job's end is told.",
        "There is none is what it is.",
        "The callback that is owed.",
        "It fires.",
    ],
)
def test_a_word_to_avoid_is_found(text: str) -> None:
    assert _found(text)


def _texts(node: Any) -> Iterator[str]:
    """Every summary, title and description, except those within examples."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("summary", "title", "description") and isinstance(value, str):
                yield value
            elif name not in ("example", "examples"):
                yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
