"""Measures Throughline with real work on this machine; README.md says how to read it."""
