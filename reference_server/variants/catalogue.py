"""All correct variants by name; each module below this package holds one."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from reference_server import variants
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def load_variants() -> Mapping[str, Variant]:
    """Return every variant by name, in the order of names.

    Raises:
        ValueError: two modules use one name.
    """
    found: dict[str, Variant] = {}
    for module in pkgutil.walk_packages(variants.__path__, f"{variants.__name__}."):
        variant = getattr(importlib.import_module(module.name), "VARIANT", None)
        if not isinstance(variant, Variant):
            continue
        if variant.name in found:
            raise ValueError(f"two variants are called {variant.name}")
        found[variant.name] = variant
    return MappingProxyType(dict(sorted(found.items())))
