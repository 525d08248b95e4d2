"""The cast as the development door and the terminal show it."""

from dataclasses import dataclass

from accounts.cast import CAST, CastMember
from accounts.enums import role_names
from accounts.models import Organization


@dataclass(frozen=True)
class CastRow:
    member: CastMember
    organization: str
    kind: str
    roles: str


def cast_rows() -> list[CastRow]:
    """Everybody whose organization is there, in the order of the cast."""
    found = {row.slug: row for row in Organization.objects.all()}
    return [
        CastRow(
            member=member,
            organization=found[member.organization].name,
            kind=found[member.organization].get_kind_display(),
            roles=role_names([role.value for role in member.roles]),
        )
        for member in CAST
        if member.organization in found
    ]
