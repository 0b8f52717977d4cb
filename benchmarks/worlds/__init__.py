"""Worlds that benchmarks are run in."""
