"""Runs lines of Python inside the product, for as long as the journeys want to know something.

One process for all questions: to start the product for each of them takes seconds. It reads one
program a line, written as JSON, and answers with what was printed and what went wrong.
"""

import contextlib
import io
import json
import sys
import traceback

import django


def main() -> None:
    django.setup()
    answers = sys.stdout
    for line in sys.stdin:
        said, trouble = io.StringIO(), ""
        with contextlib.redirect_stdout(said):
            try:
                exec(json.loads(line), {"__name__": "shell"})
            except Exception:
                trouble = traceback.format_exc()
        print(json.dumps([said.getvalue(), trouble]), file=answers, flush=True)


if __name__ == "__main__":
    main()
