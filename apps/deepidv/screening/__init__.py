"""Adverse media: finding a name in texts, and reading what they say against who bears it."""
