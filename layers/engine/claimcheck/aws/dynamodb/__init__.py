"""The stores on one DynamoDB table. Each has its own module, so that a poll loads only one."""
