#!/bin/sh
# Writes the locks anew: every package pinned with its hashes, no address of any index.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet uv
for pair in build:constraints.txt dev:constraints-dev.txt; do
    "$folder/venv/bin/uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --extra "${pair%%:*}" pyproject.toml -o "${pair##*:}"
done
