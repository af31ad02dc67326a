"""The whole deployment on one machine, without Docker.

MiniStack stands in for AWS, and the same `sam build` and `sam deploy` put Claimcheck there. This package
works from outside, like an operator: it imports nothing of the engine.
"""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
STATE = PROJECT / ".local"
"""The folder of the local stack's files."""
