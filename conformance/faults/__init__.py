"""Interruptions: the events they can wait for and the exchanges they belong to."""

from __future__ import annotations
