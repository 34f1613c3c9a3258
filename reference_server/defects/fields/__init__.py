"""Defects: fields."""

from __future__ import annotations
