"""Who is asking: a browser session or an OAuth2 bearer token becomes an Actor on the request."""

from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from abs_platform.parties import selectors
from abs_platform.parties.actor import Actor
from abs_platform.parties.models import Person

if TYPE_CHECKING:  # rest_framework.views itself imports these classes
    from oauth2_provider.models import AccessToken
    from rest_framework.views import APIView


class BearerClient(OAuth2Authentication):  # type: ignore[misc]  # oauth2_provider ships no types
    """A program's access token; request.auth becomes the Actor of its organisation."""

    def authenticate(self, request: Request) -> "tuple[None, Actor] | None":
        result = super().authenticate(_WithoutBody(request))
        if result is None:
            return None
        token: AccessToken = result[1]
        actor = selectors.actor_of_application(token.application_id)
        if actor is None:
            raise AuthenticationFailed("This client belongs to no organisation.")
        return None, actor


class BrowserSession(SessionAuthentication):
    """A signed-in person; request.auth becomes the Actor of the person's organisation."""

    def authenticate(self, request: Request) -> "tuple[Person, Actor] | None":
        result = super().authenticate(request)
        if result is None:
            return None
        person = result[0]
        if not isinstance(person, Person):
            return None
        return person, selectors.actor_of_person(person)

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="api"'

    def enforce_csrf(self, request: Any) -> None:  # Any: as in the base class
        """By the header alone."""
        super().enforce_csrf(_WithoutBody(request))  # type: ignore[arg-type]  # all that the check looks at


class _WithoutBody:
    """A request with an empty form: who asks is told by headers alone, and known before the body is read."""

    POST = QueryDict()

    def __init__(self, request: Request) -> None:
        self.__dict__["_request"] = request

    def __setattr__(self, name: str, value: Any) -> None:  # Any: as in the request
        setattr(self._request, name, value)

    def __getattr__(self, name: str) -> Any:  # Any: as in the request
        return getattr(self._request, name)


class IsActor(BasePermission):
    """Whoever has signed in. Which objects and actions that opens, selectors and services decide."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return isinstance(request.auth, Actor)


class ActorThrottle(SimpleRateThrottle):
    """A rate for each person or program, and one for each address of those who have not signed in."""

    scope = "person"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        actor = request.auth
        if isinstance(actor, Actor):
            return f"throttle:{actor.person_id or actor.label}"
        self.rate = self.THROTTLE_RATES["anonymous"]
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return f"throttle:anonymous:{self.get_ident(request)}"


def actor_of(request: Request) -> Actor:
    """The Actor of an authenticated request. Raises NotAuthenticated."""
    if not isinstance(request.auth, Actor):
        raise NotAuthenticated
    return request.auth
