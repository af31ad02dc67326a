"""Claimcheck's engine: DynamoDB holds the truth, SQS carries wake-ups.

Importing any module of this package needs no environment and makes no AWS client.
"""

__version__ = "0.3.0"
