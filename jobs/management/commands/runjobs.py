"""Do the jobs, one after the other, until told to stop."""

import os
import signal
import threading
import uuid

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connections

from jobs.services import drain, run_chores
from jobs.services.work import describe


class Command(BaseCommand):
    help = "Do the jobs and chores until Ctrl-C; the work in hand is finished first."

    def add_arguments(self, parser):
        parser.add_argument("--poll", type=float, default=0.5, help="seconds between two looks")
        parser.add_argument("--once", action="store_true", help="do what is due, then end")
        parser.add_argument("--no-chores", action="store_true", help="leave the chores to others")

    def handle(self, *, poll, once, no_chores, **options):
        self.stopped = threading.Event()
        if once:
            drain()
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopped.set())
        worker = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        threads = [] if no_chores else [threading.Thread(target=self.keep_up_chores, daemon=True)]
        for thread in threads:
            thread.start()
        self.repeat(lambda: drain(by=worker, stop=self.stopped.is_set), poll)
        for thread in threads:
            thread.join(10)

    def keep_up_chores(self):
        """Do the chores beside the jobs, so that a long job does not hold them up."""
        done_at: dict[str, float] = {}
        try:
            self.repeat(lambda: run_chores(done_at), 0.25)
        finally:
            connections.close_all()

    def repeat(self, work, pause):
        """Work again and again; outlive a database that goes away for a while."""
        while not self.stopped.is_set():
            wait = pause
            try:
                close_old_connections()
                work()
            except Error as error:
                self.stderr.write(f"the database does not answer: {describe(error)}")
                connections.close_all()
                wait = 2
            self.stopped.wait(wait)
