#!/usr/bin/env python
"""Run administrative tasks; on a laptop the development settings are the default."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.development")
    execute_from_command_line(sys.argv)
