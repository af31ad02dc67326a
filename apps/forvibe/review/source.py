"""A file of the app's source, as the rules read it."""

import plistlib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from apps.forvibe.job_types.review_simulation import SourceFile

CODE = (".swift", ".m", ".mm", ".h", ".js", ".jsx", ".ts", ".tsx", ".dart", ".kt", ".cs")
# Where a purpose string may be declared: property lists, Xcode's project, Expo's and XcodeGen's files.
DECLARATIONS = (".plist", ".pbxproj", ".xcconfig", ".json", ".yml", ".yaml")
COMMENT = re.compile(r"^[ \t]*(?://|/?\*).*$", re.MULTILINE)
TRIAL = re.compile(
    r"(?:^|[/_.-])(?:ui)?(?:tests?|specs?|mocks?|fixtures?|previews?)(?=[/_.-])|tests?\.\w+$", re.I
)


class Match(NamedTuple):
    """An excerpt, and its place as `path:line`."""

    excerpt: str
    line: str


class Source:
    def __init__(self, file: SourceFile) -> None:
        self.path = file.path
        self.content = file.content

    @property
    def declares(self) -> bool:
        return self.path.endswith(DECLARATIONS)

    @property
    def ships(self) -> bool:
        """Whether the file is part of the app: not a test, mock, fixture or preview."""
        return not TRIAL.search(self.path)

    @cached_property
    def code(self) -> str:
        """The code without comment lines; empty for other files."""
        return COMMENT.sub("", self.content) if self.path.endswith(CODE) else ""

    @cached_property
    def properties(self) -> dict[str, Any]:
        """The top level of a readable property list, else empty. (plistlib refuses entities.)"""
        if not self.path.endswith(".plist"):
            return {}
        try:
            properties = plistlib.loads(self.content.encode())
        except Exception:  # noqa: BLE001 - a broken list can raise almost any exception
            return {}
        return properties if isinstance(properties, dict) else {}

    def line(self, text: str, position: int) -> str:
        return f"{self.path}:{text.count(chr(10), 0, position) + 1}"


def find(files: Sequence[Source], pattern: re.Pattern[str]) -> Iterator[Match]:
    """Yield the first match in the code of each file that ships."""
    for file in files:
        if file.ships and (found := pattern.search(file.code)):
            yield Match(found[0], file.line(file.code, found.start()))
