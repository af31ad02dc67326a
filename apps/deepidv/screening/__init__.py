"""Adverse media: find a subject's name in texts, and read what they report against it."""
