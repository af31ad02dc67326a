"""The client without `async`: see `_async`."""
