"""Translate texts, protect names in them, and shorten them to Apple's limits."""
