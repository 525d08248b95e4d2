"""Ids as pages post them."""

from uuid import UUID


def read_id(text: str) -> UUID | None:
    """The id that a text is; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
