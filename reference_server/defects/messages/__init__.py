"""Defects: messages."""

from __future__ import annotations
