"""Defects: limits."""

from __future__ import annotations
