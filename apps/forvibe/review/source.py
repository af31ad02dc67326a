"""A file of the app's source as the rules see it."""

from __future__ import annotations

import plistlib
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.forvibe.job_types.review_simulation import SourceFile

CODE = (".swift", ".m", ".mm", ".h", ".js", ".jsx", ".ts", ".tsx", ".dart", ".kt", ".cs")
# Where a purpose string may be declared: property lists, Xcode's project, Expo's and XcodeGen's files.
DECLARATIONS = (".plist", ".pbxproj", ".xcconfig", ".json", ".yml", ".yaml")
COMMENT = re.compile(r"^[ \t]*(?://|/?\*).*$", re.MULTILINE)
TRIAL = re.compile(
    r"(?:^|[/_.-])(?:ui)?(?:tests?|specs?|mocks?|fixtures?|previews?)(?=[/_.-])|tests?\.\w+$", re.I
)


class Source:
    def __init__(self, file: SourceFile) -> None:
        self.path = file.path
        self.content = file.content

    @property
    def declares(self) -> bool:
        return self.path.endswith(DECLARATIONS)

    @property
    def ships(self) -> bool:
        """Whether this is no test or the like, which the app does not have in it."""
        return not TRIAL.search(self.path)

    @cached_property
    def code(self) -> str:
        """Its code without lines of comment; nothing when it is none."""
        return COMMENT.sub("", self.content) if self.path.endswith(CODE) else ""

    @cached_property
    def properties(self) -> dict[str, Any]:
        """A property list's top, if this is one and can be read. (plistlib refuses entities.)"""
        if not self.path.endswith(".plist"):
            return {}
        try:
            properties = plistlib.loads(self.content.encode())
        except Exception:  # noqa: BLE001 - a broken list makes it raise almost anything
            return {}
        return properties if isinstance(properties, dict) else {}

    def line(self, text: str, position: int) -> str:
        """Where something stands, as `path:line`."""
        return f"{self.path}:{text.count(chr(10), 0, position) + 1}"
