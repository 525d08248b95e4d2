"""The examples of `make test-core`: few, and the same every time; the whole suite takes many."""

from hypothesis import settings

settings.register_profile("core", max_examples=25, derandomize=True, database=None, deadline=None)
settings.load_profile("core")
