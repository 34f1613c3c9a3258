"""Where octets and records are kept: on disk or in memory."""

from __future__ import annotations
