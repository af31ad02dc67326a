"""Which promises of docs/design.md are shown, and how: the numbers of docs/proof.md.

`make explore` and `make soak` measure, and store what they found in results.json. `python -m studies.proof`
writes the page from it, in no time.
"""
