"""How many certificates a process draws in a second, and how heavy they are.

python benchmarks/certificates.py [HOW-MANY]
"""

import gc
import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.test")

import django

django.setup()

# Django has to be set up first.
from certificates.pdf import render_certificate  # noqa: E402
from certificates.rules import make_number  # noqa: E402
from tests.certificates.papers import FACTS, people  # noqa: E402


def main(count: int) -> None:
    names = people()
    begun = time.perf_counter()
    _draw(names[0])
    first = time.perf_counter() - begun
    sizes, gone = [], []
    gc.collect()
    used = time.process_time()
    for n in range(count):
        begun = time.perf_counter()
        sizes.append(len(_draw(names[n % len(names)])))
        gone.append(time.perf_counter() - begun)
    used = time.process_time() - used
    gone.sort()
    print(f"certificates drawn       {count}")
    print(f"first of a process       {first * 1000:8.0f} ms")
    print(f"median                   {gone[count // 2] * 1000:8.1f} ms")
    print(f"slowest                  {gone[-1] * 1000:8.1f} ms")
    print(f"per second               {count / sum(gone):8.1f}")
    print(f"per second of processor  {count / used:8.1f}")
    print(f"KB each                  {sum(sizes) / count / 1024:8.1f}")
    print(f"memory at most, MB       {_memory():8.0f}")


def _draw(name: str) -> bytes:
    number = make_number()
    return render_certificate(
        FACTS | {"name": name, "number": number},
        address=f"https://tramngay.example/xac-minh/{number}/",
    )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
