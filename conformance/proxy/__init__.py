"""Interruptions on the path between a client and a server.

The path itself (:mod:`h1_path`, :mod:`h2_path`, :mod:`passage`) sees no socket; mitmproxy carries
the octets (:mod:`layer`, :mod:`addon`, :mod:`service`) and is imported nowhere else.
"""

from __future__ import annotations
