"""Forms generated from program definitions."""
