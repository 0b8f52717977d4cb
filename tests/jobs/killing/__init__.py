"""A small world for the tests that kill workers: its own database, its own jobs."""
