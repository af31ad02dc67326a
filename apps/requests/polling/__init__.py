"""What `poll_until` makes of answers: reading them, asking expressions of them, filling the next request."""
