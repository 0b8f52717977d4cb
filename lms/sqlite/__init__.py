"""SQLite as one laptop needs it: flushed at every commit, and one writer at a time."""
