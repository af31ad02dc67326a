"""What the local stack has instead of services that cannot be had on a laptop."""
