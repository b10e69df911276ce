"""The site, whose workers say so when they end by themselves; the server calls an end that is slow a forced one too."""

import os
from multiprocessing.util import Finalize

from wsgi import app

__all__ = ["app"]

Finalize(None, os.write, args=(1, b"A worker ended by itself.\n"), exitpriority=0)
