"""Defects: framing."""

from __future__ import annotations
