"""The HTML report: one file that needs no network, no script to be read, and no other file."""

from __future__ import annotations

from reports.html.page import render, write

__all__ = ["render", "write"]
