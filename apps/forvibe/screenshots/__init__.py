"""Captions, set in the fonts of packages and drawn onto pictures. Only the worker has these packages."""
