"""``make bench``: every measurement of this folder, one JSON line each. ``python -m tests.bench forms`` runs one.

A module of this folder takes part by having ``bench()``, which yields lines. Nothing is asserted: a busy machine is
slower, and that is no fault.
"""

from __future__ import annotations

import json
import pkgutil
import sys
from importlib import import_module
from types import ModuleType

from tests import bench


def modules() -> dict[str, ModuleType]:
    """By name; tests and this module aside."""
    names = [each.name for each in pkgutil.iter_modules(bench.__path__)]
    found = {name: import_module(f"tests.bench.{name}") for name in names if not name.startswith(("_", "test_"))}
    return {name: module for name, module in found.items() if hasattr(module, "bench")}


def main(wanted: list[str]) -> int:
    there = modules()
    if unknown := sorted(set(wanted) - set(there)):
        print(f"there is no measurement {', '.join(unknown)}; there are: {', '.join(there)}", file=sys.stderr)
        return 2
    for name in wanted or there:
        for line in there[name].bench():
            print(json.dumps(line, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
