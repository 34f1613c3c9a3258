"""Defects: length."""

from __future__ import annotations
