"""A small fictional world, row by row: every test builds what it needs and nothing more."""
