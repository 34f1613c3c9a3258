"""Defects: interruption."""

from __future__ import annotations
