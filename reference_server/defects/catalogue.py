"""All seeded defects by name; each module below this package holds one."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from reference_server import defects
from reference_server.defects.defect import Defect

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def load_defects() -> Mapping[str, Defect]:
    """Return every defect by name, in the order of names.

    Raises:
        ValueError: two modules use one name.
    """
    found: dict[str, Defect] = {}
    for module in pkgutil.walk_packages(defects.__path__, f"{defects.__name__}."):
        defect = getattr(importlib.import_module(module.name), "DEFECT", None)
        if not isinstance(defect, Defect):
            continue
        if defect.name in found:
            raise ValueError(f"two defects are called {defect.name}")
        found[defect.name] = defect
    return MappingProxyType(dict(sorted(found.items())))
