"""The oracle: a correct server for Resumable Uploads for HTTP, interop drafts 3 to 10.

The suite is measured against it: a verdict against this server is a mistake of one of the two.
``core`` decides (no I/O), ``store`` keeps the octets, ``door`` finds out whether a connection
speaks HTTP/1.1 (``h1``) or HTTP/2 (``h2``), ``serve`` starts it.
"""

from __future__ import annotations
