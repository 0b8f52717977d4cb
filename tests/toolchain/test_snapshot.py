"""Who compares a lot of rows reads one moment, and keeps no writer waiting."""

import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from jobs.models import Job
from lms.snapshot import snapshot

pytestmark = pytest.mark.django_db(transaction=True)


def write_elsewhere():
    """Commit a row from another connection, as another process would; wait until it is done."""

    def write():
        try:
            with transaction.atomic():
                Job.objects.create(kind="test.greet", run_after=timezone.now())
        finally:
            connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "the writer has to wait"


def test_inside_a_snapshot_nothing_changes_while_others_write():
    with snapshot():
        before = Job.objects.count()
        write_elsewhere()
        assert (before, Job.objects.count()) == (0, 0)

    assert Job.objects.count() == 1


def test_nothing_can_be_written_inside():
    with pytest.raises(DatabaseError), snapshot():
        Job.objects.create(kind="test.greet", run_after=timezone.now())

    assert Job.objects.count() == 0


def test_after_a_snapshot_the_connection_writes_as_before():
    with snapshot():
        Job.objects.count()
    with transaction.atomic():
        Job.objects.create(kind="test.greet", run_after=timezone.now())

    assert Job.objects.count() == 1


def test_within_a_transaction_the_moment_is_that_transactions():
    with transaction.atomic():
        Job.objects.create(kind="test.greet", run_after=timezone.now())
        with snapshot():
            assert Job.objects.count() == 1
    assert not connection.in_atomic_block
