"""Who is acting, for which organization, in which roles."""

from dataclasses import dataclass, field
from uuid import UUID

from accounts.core.permissions import OrganizationKind, Permission, Role, permissions_of


@dataclass(frozen=True)
class Actor:
    """A person in one of their organizations, or a process of ours (no user)."""

    user_id: UUID | None
    organization_id: UUID | None
    organization_kind: OrganizationKind | None
    roles: frozenset[Role]
    name: str
    request_id: str = ""
    # The one enrollment that this person keys for the organization, and may do nothing else of.
    keys: UUID | None = None
    permissions: frozenset[Permission] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "permissions", permissions_of(self.roles))

    @property
    def is_operator(self) -> bool:
        """Whether they watch over the site for everybody; the operator sees nobody's patients."""
        return self.organization_kind == OrganizationKind.OPERATOR

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions
