"""Run by the packaging tests with `python -I -S`: import one function as Lambda would.

usage: clean_import.py MODULE FUNCTION_FOLDER PATH [PATH ...]

Prints a JSON object: `modules` are the imported modules; `compiled` are the sources without usable bytecode;
`collecting` tells whether garbage is collected, but not looked for among what was imported.
"""

import gc
import importlib.util
import json
import pkgutil
import sys
from importlib.machinery import SourceFileLoader


def main(module: str, function: str, *paths: str) -> None:
    artifacts = (function, *(path for path in paths if path.endswith("python")))
    compiled: list[str] = []
    compile_source = SourceFileLoader.source_to_code

    def noticed(loader, data, path, **options):  # type: ignore[no-untyped-def]
        if str(path).startswith(artifacts):
            compiled.append(str(path))
        return compile_source(loader, data, path, **options)

    SourceFileLoader.source_to_code = noticed  # type: ignore[assignment, method-assign]
    sys.path[:0] = [function, *paths]
    importlib.import_module(module)
    if importlib.util.find_spec("handlers"):
        handlers = importlib.import_module("handlers")
        for each in pkgutil.iter_modules(handlers.__path__):
            importlib.import_module(f"handlers.{each.name}")
    collecting = gc.isenabled() and gc.get_freeze_count() > 0
    print(json.dumps({"modules": sorted(sys.modules), "compiled": compiled, "collecting": collecting}))


if __name__ == "__main__":
    main(*sys.argv[1:])
