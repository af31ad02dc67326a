"""The console: web pages on a Claimcheck API.

It is a client of the public API like any other. It has no permissions, and no code of the engine.
"""
