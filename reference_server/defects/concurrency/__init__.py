"""Defects: concurrency."""

from __future__ import annotations
