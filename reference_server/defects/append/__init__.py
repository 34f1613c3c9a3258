"""Defects: append."""

from __future__ import annotations
