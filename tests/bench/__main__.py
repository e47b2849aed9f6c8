"""``make bench``: every measurement of this folder, one JSON line each. ``python -m tests.bench forms`` runs one.

A module of this folder takes part by having ``bench()``, which yields lines. Nothing is asserted: a busy machine is
slower, and that is no fault.
"""

from __future__ import annotations

import json
import pkgutil
import sys
from importlib import import_module

from tests import bench


def main(wanted: list[str]) -> int:
    names = [each.name for each in pkgutil.iter_modules(bench.__path__) if not each.name.startswith("_")]
    if unknown := sorted(set(wanted) - set(names)):
        print(f"there is no measurement {', '.join(unknown)}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    for name in wanted or names:
        module = import_module(f"tests.bench.{name}")
        for line in module.bench():
            print(json.dumps(line, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
