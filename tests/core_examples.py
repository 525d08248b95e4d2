"""The examples of `make test-core`: few, and the same every time; the whole suite takes many."""

import gc

from hypothesis import settings

settings.register_profile("core", max_examples=25, derandomize=True, database=None, deadline=None)
settings.load_profile("core")

# Nothing here lives for more than seconds: looking for garbage so often takes a tenth of them.
gc.set_threshold(50_000, 50, 100)
