"""Starts all of Throughline on one machine: `make run`, and the services of the test suite.

Development only. In production each process is started by the platform; see docs/deploy.md.
"""
