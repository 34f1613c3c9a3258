"""Defects: interim."""

from __future__ import annotations
