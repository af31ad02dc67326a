"""The use of answers in `poll_until`: evaluate expressions on them, and fill the next request."""
