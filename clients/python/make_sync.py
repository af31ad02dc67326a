"""Write the client without `async`, `_sync`, from the one with it, `_async`. Needs ruff.

python clients/python/make_sync.py
"""

import re
import subprocess
from pathlib import Path

PACKAGE = Path(__file__).parent / "src/claimcheck_client"
RULES = {
    r"\basync (def|for|with)\b": r"\1",
    r"\bawait ": "",
    r"\bAwaitable\[([^\[\]]+)\]": r"\1",
    r"\bAsync(?=[A-Z])": "",
    r"\b__a(enter|exit)__": r"__\1__",
    r"\ba(close|read|iter_bytes)\b": r"\1",
    r"\basyncio\.to_thread\(([\w.]+), ": r"\1(",
    r"\basyncio\.sleep\b": "time.sleep",
    r"\b_async\b": "_sync",
    r'^"""The client with `async`.*': '"""The client without `async`: see `_async`."""',
}


def without_async(source: str) -> str:
    for pattern, replacement in RULES.items():
        source = re.sub(pattern, replacement, source, flags=re.MULTILINE)
    # Unused and unsorted imports, and loops that only yield.
    fixed = _ruff("check", "--fix", "--unsafe-fixes", "--select=F401,I,UP028", source=source)
    return _ruff("format", source=fixed)


def _ruff(*arguments: str, source: str) -> str:
    name = str(PACKAGE / "_sync/module.py")
    command = ["ruff", *arguments, "--quiet", f"--stdin-filename={name}", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    for path in (PACKAGE / "_async").glob("*.py"):
        (PACKAGE / "_sync" / path.name).write_text(without_async(path.read_text()))
