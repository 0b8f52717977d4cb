"""Run every benchmark here, one after the other: ``make bench`` or ``make bench ARGS=writers``.

A benchmark is a script that prints its figures as lines of text and ends by itself within two
minutes. Its data lives in a folder that is thrown away.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
LONGEST = 300


def main(wanted: list[str]) -> int:
    scripts = sorted(path for path in HERE.glob("*.py") if path != Path(__file__).resolve())
    unknown = set(wanted) - {path.stem for path in scripts}
    if unknown:
        print(f"Unknown: {', '.join(sorted(unknown))}")
        return 2
    failed = []
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; noise is a third, often more"
    )
    for script in scripts:
        if wanted and script.stem not in wanted:
            continue
        print(f"\n── {script.stem}", flush=True)
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="tramngay-bench-") as folder:
            answer = subprocess.run(
                [sys.executable, "-P", script],
                cwd=HERE.parent,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "lms.settings.development",
                    "TRAMNGAY_DATA": folder,
                    "PYTHONPATH": str(HERE.parent),
                },
                stdin=subprocess.DEVNULL,
                timeout=LONGEST,
                check=False,
            )
        if answer.returncode:
            failed.append(script.stem)
        print(f"   ({time.monotonic() - started:.0f} s)", flush=True)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
