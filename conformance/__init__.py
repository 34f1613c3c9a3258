"""The conformance test suite for resumable HTTP transfers."""

from __future__ import annotations

__version__ = "0.1.0"
