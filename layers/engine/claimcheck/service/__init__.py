"""What can be done with jobs: submit, read, cancel, run, sweep. Knows ports, never adapters."""
