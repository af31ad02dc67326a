"""What the build and a developer's commands make of the folder `apps`: its index, its template blocks.

    python -m claimcheck.build index TARGET     # what a deployment knows of its apps
    python -m claimcheck.build openapi          # the API's description
    python -m claimcheck.build template         # the apps' blocks of template.yaml
    python -m claimcheck.build app NAME         # a new app

Nothing that serves requests imports this package.
"""
