from handlers.doze import handle  # type: ignore[import-not-found]

__all__ = ["handle"]
