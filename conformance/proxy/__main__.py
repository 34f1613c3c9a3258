"""``python -m conformance.proxy``: a proxy for a run, told by lines on its standard input.

Each line is a JSON object, and so is each line it answers with. It ends with its input, so that
nothing is left behind when the run dies.
"""

from __future__ import annotations

import asyncio
import sys

from conformance.proxy.control import serve

if __name__ == "__main__":
    sys.exit(asyncio.run(serve(sys.argv[1:])))
