import pytest

from jobs.services import registry


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(registry, "HANDLERS", registry.HANDLERS.copy())
    monkeypatch.setattr(registry, "CHORES", registry.CHORES.copy())
    for module in ("queue", "work"):
        monkeypatch.setattr(f"jobs.services.{module}.HANDLERS", registry.HANDLERS)
    monkeypatch.setattr("jobs.services.work.CHORES", registry.CHORES)
