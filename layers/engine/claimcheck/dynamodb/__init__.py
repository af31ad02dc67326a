"""The stores on one DynamoDB table."""

from claimcheck.dynamodb.credits import DynamoDBCreditStore
from claimcheck.dynamodb.documents import DynamoDBDocumentStore
from claimcheck.dynamodb.jobs import DynamoDBJobStore
from claimcheck.dynamodb.keys import DynamoDBKeyStore
from claimcheck.dynamodb.schedules import DynamoDBScheduleStore
from claimcheck.dynamodb.table import Table

__all__ = [
    "DynamoDBCreditStore",
    "DynamoDBDocumentStore",
    "DynamoDBJobStore",
    "DynamoDBKeyStore",
    "DynamoDBScheduleStore",
    "Table",
]
