"""Message codecs: octets to events and back, without any input or output of their own."""

from __future__ import annotations
