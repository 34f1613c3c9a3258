"""Correct servers that differ only in what the texts leave open.

A suite that fails one of them accuses wrongly. Every module below holds one
:class:`~reference_server.variants.variant.Variant`.
"""

from __future__ import annotations
