#!/usr/bin/env bash
# Writes requirements.txt and requirements-dev.txt from pyproject.toml: exact versions with the
# hashes of their files, for every platform, without addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh run
.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.13"
lock() {
    .venv/bin/python -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
        --generate-hashes --no-annotate --no-header --no-emit-index-url "$@"
}
lock -o requirements.txt "$@"
lock --extra dev --constraint requirements.txt -o requirements-dev.txt "$@"
if grep -n '://' requirements*.txt; then
    echo "An address slipped into a lock file." >&2
    exit 1
fi
