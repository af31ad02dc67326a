"""The API's description in OpenAPI 3.1. Nothing that serves requests imports this package."""
