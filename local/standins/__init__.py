"""Stand-ins for services that cannot run on a laptop."""
