"""The Actor: on whose behalf something is done. Every service and selector takes one."""

from dataclasses import dataclass, field
from uuid import UUID

from abs_platform.core.errors import Forbidden
from abs_platform.parties.roles import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or program acting for an organisation of one network, or the platform itself (no ids, no roles)."""

    label: str
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    network_id: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    is_program: bool = False  # signed in by client credentials; its label begins with "program "

    def has(self, *roles: Role) -> bool:
        """Whether the actor carries one of `roles`."""
        return any(role in self.roles for role in roles)

    def require(self, *roles: Role) -> None:
        """Raises Forbidden unless the actor carries one of `roles`."""
        if not self.has(*roles):
            needed = " or ".join(roles)
            raise Forbidden(
                "role_missing",
                f"This needs the role {needed}. Ask your organisation's administrator.",
                roles=list(roles),
            )

    @property
    def home(self) -> UUID:
        """The id of the organisation acted for. Raises Forbidden for the platform itself."""
        if self.organisation_id is None:
            raise Forbidden(
                "organisation_missing", "This is done on behalf of an organisation; your account belongs to none."
            )
        return self.organisation_id

    @property
    def network(self) -> UUID:
        """The id of the network acted in. Raises Forbidden for the platform itself."""
        if self.network_id is None:
            raise Forbidden("organisation_missing", "This is done within a network; your account belongs to none.")
        return self.network_id


PLATFORM = Actor(label="platform")
