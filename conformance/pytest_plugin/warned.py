"""The warning category of the plugin, for ``filterwarnings`` and ``pytest.warns``."""

from __future__ import annotations


class ResumableWarning(UserWarning):
    """A server does something a text discourages, or leaves out something it recommends."""
