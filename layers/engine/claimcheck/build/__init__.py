"""The developer's commands for the folder `apps`.

    python -m claimcheck.build index TARGET     # write the index of apps
    python -m claimcheck.build openapi          # print the API's description
    python -m claimcheck.build template         # update the apps' blocks of template.yaml
    python -m claimcheck.build app NAME         # create an app

Nothing that serves requests imports this package.
"""
