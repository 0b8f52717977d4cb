"""Where the workers that are going to be killed live. Addresses come from the environment."""

import json
import os

from lms.settings.test import *
from lms.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.killing"]
DATABASES = {"default": json.loads(os.environ["KILLING_DATABASE"])}
JOBS_LEASE_SECONDS = 2
CELERY_BROKER_URL = os.environ.get("KILLING_BROKER", "")
JOBS_WAKE = "lms.celery.wake" if CELERY_BROKER_URL else "none"
