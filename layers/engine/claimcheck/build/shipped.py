"""The modules that ship: the engine, the apps, their pinned packages, and the AWS SDK of Lambda itself."""

import re
import sys
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType

ENGINE = Path("layers/engine/requirements.txt")
# In every runtime (AWS Lambda Developer Guide, "Runtime-included SDK versions"), with its dependencies.
SDK = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"}
NAME = re.compile(r"^[\w.-]+", re.MULTILINE)
# Parts of an app that packaging/rules.mk leaves out.
APART = {"tests", "requirements", "demo"}


class ShippedFinder(MetaPathFinder):
    """Finds only what ships, with the finders that it replaces in `sys.meta_path`.

    Like on Lambda, it finds no metadata of packages, which the build deletes.
    """

    def __init__(self, packages: Iterable[str]) -> None:
        self._finders = list(sys.meta_path)
        self.modules = {"apps", "claimcheck", *sys.stdlib_module_names, *SDK, *packages}

    def replace_all(self) -> None:
        """Replace all finders, and forget the modules that they would not find."""
        sys.meta_path[:] = [self]
        for name in list(sys.modules):
            if name.partition(".")[0] not in self.modules | {"__main__"}:
                del sys.modules[name]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top, *rest = fullname.split(".")
        if top not in self.modules or (top == "apps" and rest[1:] and rest[1] in APART):
            return None
        found = (each.find_spec(fullname, path, target) for each in self._finders)
        return next(filter(None, found), None)


def modules_of(requirements: Iterable[Path]) -> set[str]:
    """Return the names of the top modules of pinned packages. A package that is not installed has none."""
    packages = [name for file in requirements for name in NAME.findall(file.read_text())]
    return {module for package in packages for module in _top_modules(package)}


def _top_modules(package: str) -> set[str]:
    try:
        files = distribution(package).files or ()
    except PackageNotFoundError:
        return set()
    return {file.parts[0].partition(".")[0] for file in files}
