"""Servers with one fault each, to find out whether the suite tells the truth.

Every module below holds one :class:`~reference_server.defects.defect.Defect`: a class that
changes one decision of the clean core or of a front end. Nothing in the core knows of them.
"""

from __future__ import annotations
