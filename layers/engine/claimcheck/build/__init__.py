"""The developer's commands for the folder `apps`. Nothing that serves requests imports this package."""
