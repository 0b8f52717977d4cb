"""Every linter at the same time; what failed is printed at the end, whole."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
APPS = ["lms", "certificates", "progress", "campaigns", "courses", "people", "places", "jobs"]

CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy", *APPS],
    "layers": ["lint-imports", "--no-cache"],
    "djlint": ["djlint", "--lint", "--quiet", "templates"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "messages": ["python", "scripts/messages.py", "check"],
}


def run(command: list[str]) -> tuple[int, str, float]:
    started = time.monotonic()
    answer = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings.test"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout, time.monotonic() - started


def main() -> int:
    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = {name: pool.submit(run, command) for name, command in CHECKS.items()}
        for name, answer in answers.items():
            code, output, seconds = answer.result()
            print(f"{'✗' if code else '✓'} {name} ({seconds:.0f} s)", flush=True)
            if code:
                failed.append(name)
                print(output.strip()[-6000:], flush=True)
    if failed:
        print(f"lint failed: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
