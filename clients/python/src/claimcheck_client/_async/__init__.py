"""The client with `async`. `clients/python/make_sync.py` writes `_sync` from this package."""
