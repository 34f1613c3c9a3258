"""The fuzzer: draws scenarios, plays them, and judges them by a model of what a server may do."""

from __future__ import annotations
