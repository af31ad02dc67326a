"""The demo's output in docs/demo.md. `make transcript` writes it, and a test compares it."""

import re
import subprocess
import sys

from local import PROJECT

PAGE = PROJECT / "docs" / "demo.md"
BLOCK = re.compile(r"(?<=<!-- demo -->\n).*?(?=<!-- /demo -->)", re.DOTALL)

# The parts that differ between runs.
VARYING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f.-]+"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "<time>"),
    (re.compile(r"^  < +[\d.]+ s  (pending|processing|in_progress|scheduled|running).*\n", re.MULTILINE), ""),
    (re.compile(r"(?<=  < ) *[\d.]+ s  "), "<seconds>  "),
    (re.compile(r"http://127\.0\.0\.1:\d+\S*"), "<address>"),
    (re.compile(r" +[\d,]+ bytes"), " <some> bytes"),
    (re.compile(r"started \d+ ms after"), "started <some> ms after"),
    (re.compile(r"\b\d{13}\b"), "<time>"),
    # Of a timer it depends on the duration of the request.
    (re.compile(r"(?<=Retry-After: )\d+"), "<seconds>"),
    (re.compile(r'(?<="(?:duration|lateness)_ms": )\d+'), "<some>"),
)


def shown() -> str:
    found = BLOCK.search(PAGE.read_text())
    assert found is not None
    return found[0]


def normal(output: str) -> str:
    for pattern, name in VARYING:
        output = pattern.sub(name, output)
    return output


def write() -> int:
    demo = subprocess.run([sys.executable, "-m", "local", "demo"], capture_output=True, text=True)
    sys.stderr.write(demo.stderr)
    if demo.returncode == 0:
        block = f"```text\n{demo.stdout.strip()}\n```\n"
        PAGE.write_text(BLOCK.sub(lambda _: block, PAGE.read_text()))
    return demo.returncode
