"""Run a command, and kill its process group when standard input closes: then the owner has ended."""

import os
import signal
import subprocess
import sys
import threading


def end_with_owner() -> None:
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=end_with_owner, daemon=True).start()
    sys.exit(subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL).returncode)
