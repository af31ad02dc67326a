"""The stores on one DynamoDB table."""

from claimcheck.dynamodb.jobs import DynamoDBJobStore
from claimcheck.dynamodb.keys import DynamoDBKeyStore
from claimcheck.dynamodb.orgs import DynamoDBOrgStore
from claimcheck.dynamodb.table import Table

__all__ = ["DynamoDBJobStore", "DynamoDBKeyStore", "DynamoDBOrgStore", "Table"]
