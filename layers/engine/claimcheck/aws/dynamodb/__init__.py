"""The stores on one DynamoDB table. Each is imported from its own module, so a poll loads only its own."""
