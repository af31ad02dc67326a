"""The API's description in OpenAPI 3.1: its words, and how a document is made of what dialects say.

Nothing that serves requests imports this package.
"""
