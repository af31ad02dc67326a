from apps.added.handlers.doze import handle

__all__ = ["handle"]
