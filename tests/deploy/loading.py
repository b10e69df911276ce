"""A site that takes its time to load, and says when it begins and when it is there."""

import os
import time

os.write(1, b"A worker loads the site.\n")
time.sleep(60)
os.write(1, b"A worker has loaded it.\n")

from wsgi import app  # noqa: E402 - as late as on a slow machine

__all__ = ["app"]
