"""Deploy to AWS: checks before it, the deploy, and a walk through a deployed stack. It runs here."""
