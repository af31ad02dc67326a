"""A job's requests to AWS and its lateness, measured for tests that limit them and benchmarks that show
them."""
