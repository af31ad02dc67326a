"""`claimcheck`, the command."""

import sys


def main() -> None:
    try:
        from claimcheck_client._command.app import app
    except ModuleNotFoundError as missing:
        if missing.name not in ("typer", "rich"):
            raise
        sys.exit(f"{missing.name} is not installed: pip install 'claimcheck-client[cli]'")
    app(prog_name="claimcheck")


if __name__ == "__main__":
    main()
