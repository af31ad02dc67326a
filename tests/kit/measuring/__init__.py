"""What a job asks of AWS, and when: measured for the tests that limit it and the benchmarks that show it."""
