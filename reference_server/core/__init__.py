"""What the server decides, without any I/O: requests and content in, responses out.

A front end calls :meth:`reference_server.core.server.Core.begin` with the head of a request and
gets an exchange, which it feeds with content. The core answers through the
:class:`reference_server.core.exchange.Actions` that belong to the exchange.
"""

from __future__ import annotations
