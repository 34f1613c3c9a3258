"""Defects: cancellation."""

from __future__ import annotations
