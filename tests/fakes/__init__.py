"""Partners for tests: real servers that behave as badly as they are told to."""
