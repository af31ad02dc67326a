"""The folders of the project and of the local stack's files."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
STATE = PROJECT / ".local"
