import pytest
from django.db import transaction

from places.imports import import_official


@pytest.fixture(scope="module")
def official(django_db_setup, django_db_blocker):
    """The whole official list, loaded once for the tests of a module and taken back after."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield import_official()
        transaction.set_rollback(True)
