"""The whole deployment on one machine, without Docker.

MiniStack stands in for AWS; the `sam build` and `sam deploy` that put Claimcheck into an
account put it there too. This package drives the deployment from outside, as an operator
would: it imports nothing of the engine.
"""
