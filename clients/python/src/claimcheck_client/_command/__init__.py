"""The command `claimcheck`. Only it needs Typer and rich."""
