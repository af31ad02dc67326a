"""The modules of apps: they are imported as Lambda will, and problems are found by file and line."""

import ast
import importlib
import traceback
from pathlib import Path
from types import ModuleType

from claimcheck.build.apps import App, InvalidApp
from claimcheck.build.shipped import APART


def load(app: App, file: Path, part: str) -> ModuleType:
    """Import a module of an app. `part` of the requirements has its packages: `layer` or `worker`.

    Raises: InvalidApp with the place, the reason and the remedy.
    """
    steps = file.relative_to(app.folder).with_suffix("").parts
    name = ".".join(("apps", app.name, *steps)).removesuffix(".__init__")
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise InvalidApp(f"{_place(error, app, file)}: {_problem(error, app, part)}") from error


def _place(error: BaseException, app: App, file: Path) -> str:
    """Return the innermost line in the apps, which the author can change."""
    apps = app.folder.parent.resolve()
    steps = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        steps.append((error.filename, error.lineno))
    for name, line in reversed(steps):
        path = Path(name).resolve()
        if path.is_relative_to(apps):
            return f"{app.folder.parent / path.relative_to(apps)}:{line}"
    return f"{file}:1"


def _problem(error: BaseException, app: App, part: str) -> str:
    reason = " ".join(str(error.msg if isinstance(error, SyntaxError) else error).split())
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        said = f"{type(error).__name__}: {reason}".removesuffix(": ").removesuffix(".")
        return f"the module cannot be imported: {said}. Correct this, because it would fail on Lambda, too."
    top = error.name.partition(".")[0]
    if top in ("apps", "claimcheck"):
        return f"{reason}. Correct the name. The modules {', '.join(sorted(APART))} of an app do not ship."
    if top not in APART and ((app.folder / top).exists() or (app.folder / f"{top}.py").exists()):
        return f"{reason}. Import it by its full name, apps.{app.name}.{error.name}."
    return (
        f"`{top}` does not ship with this module. Add its package to `requirements.{part}` in {app.file}, "
        "and run `make lock`."
    )


def argument(file: Path, name: str) -> str:
    """Return the file, and the line of an argument of `JobType(…)`, or of the call if it has none."""
    line = 1
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("JobType"):
            line = next((each.value.lineno for each in node.keywords if each.arg == name), node.lineno)
    return f"{file}:{line}"
