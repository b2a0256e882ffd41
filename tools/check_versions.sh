#!/usr/bin/env bash
# Test the package with other versions of its dependencies than the locked ones.
# Usage: tools/check_versions.sh lowest-direct|highest   (needs the network; leaves .venv alone)
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
bin="$folder/venv/bin"
awk '/^uv==/{found=1} found{print} found && !/\\$/{exit}' requirements.lock >"$folder/uv.lock"
"$bin/pip" install --quiet --require-hashes --requirement "$folder/uv.lock"
# The tools are the locked ones in every case: it is the package's own needs that vary.
"$bin/uv" pip compile pyproject.toml --extra cpu --resolution "$1" --quiet --no-header \
    --python "$bin/python" --output-file "$folder/needs.txt"
"$bin/uv" pip install --quiet --python "$bin/python" --requirement "$folder/needs.txt" \
    editables hatchling hypothesis nbval pytest pytest-xdist scipy
"$bin/uv" pip install --quiet --python "$bin/python" --no-deps .
"$bin/uv" pip list --python "$bin/python" | grep -iE '^(keras|matplotlib|numpy|scikit|tensorflow)'
# Other versions deprecate other things; only with the locked ones is a warning an error.
PYTHONWARNINGS=ignore "$bin/python" -m pytest -q -n 2 -o filterwarnings=default --doctest-modules cnnutils tests/cnnutils
