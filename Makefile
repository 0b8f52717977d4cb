# Two commands are all one needs: `make run` and `make test`. Each sets up what it needs by itself.
#   make run HOST=0.0.0.0        telephones in the room can open it, too
#   make run PORT=8080
#   make test ARGS="tests/jobs"  a part of the suite
.PHONY: run test lint bench messages lock clean

HOST ?= 127.0.0.1
PORT ?= 8000

run:
	@scripts/setup.sh run && exec .venv/bin/python manage.py serve --host $(HOST) --port $(PORT)

test:
	@scripts/setup.sh test && exec .venv/bin/python scripts/suite.py $(ARGS)

lint:
	@scripts/setup.sh lint && exec .venv/bin/python scripts/lint.py

bench:
	@scripts/setup.sh test && exec .venv/bin/python benchmarks/run.py $(ARGS)

# Collect the words of the screens into the catalogues, and compile them.
messages:
	@scripts/setup.sh messages && exec .venv/bin/python scripts/messages.py collect

# Bring the lock files in step with pyproject.toml (`make lock ARGS=--upgrade` takes newer versions).
lock:
	@scripts/lock.sh $(ARGS)

# Remove what set-up made; the data in var/ stays.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
