"""The machine and the versions that measured a figure."""

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("boto3", "botocore", "pydantic", "moto", "ministack")


def describe() -> str:
    """Return one line for the page."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    versions += f", {_valgrind()}"
    return f"{_processor()} ({platform.machine()}, {os.cpu_count()} cores), {_system()}, {python}, {versions}"


def _valgrind() -> str:
    if not shutil.which("valgrind"):
        return "no valgrind"
    return subprocess.run(["valgrind", "--version"], capture_output=True, text=True).stdout.strip()


def _processor() -> str:
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else "a processor without a name"


def _system() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
