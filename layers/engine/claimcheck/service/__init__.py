"""The operations on jobs: submit, read, cancel, run, sweep. They use ports, never adapters."""
