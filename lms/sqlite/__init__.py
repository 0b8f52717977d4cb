"""SQLite as one laptop needs it: written ahead, flushed at every commit, and one writer at a time."""
