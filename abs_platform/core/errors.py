"""The errors that a caller may see. Each says what is wrong and carries a code that the interface puts into words."""

from typing import ClassVar


class DomainError(Exception):
    """A refusal with a stable `code`, an English `detail`, JSON-ready `params` and an HTTP status."""

    http_status: ClassVar[int] = 400
    title: ClassVar[str] = "The request cannot be carried out"

    def __init__(self, code: str, detail: str, **params: object) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.params = params


class Invalid(DomainError):
    """The input is understood and wrong."""

    http_status = 422
    title = "The input is not valid"


class Forbidden(DomainError):
    """The actor may see the object and may not do this to it."""

    http_status = 403
    title = "Not allowed"


class NotFound(DomainError):
    """Nothing of that id is visible to the actor; another tenant's object answers the same."""

    http_status = 404
    title = "Not found"

    def __init__(self) -> None:
        super().__init__(
            "not_found", "There is nothing here that you can see. Check the address, or ask the owner for access."
        )


class Conflict(DomainError):
    """The object is no longer in the state that the action needs."""

    http_status = 409
    title = "Conflict with the present state"


class TooSoon(DomainError):
    """The same was asked for a short while ago."""

    http_status = 429
    title = "Too soon"


class Gone(DomainError):
    """It was here, and was destroyed for good."""

    http_status = 410
    title = "Destroyed"


class TooLarge(DomainError):
    """The input exceeds a limit."""

    http_status = 413
    title = "Too large"


class Unavailable(DomainError):
    """A service that the request needs cannot be reached now."""

    http_status = 503
    title = "Temporarily unavailable"


class OutOfSpace(DomainError):
    """There is no room to keep the input."""

    http_status = 507
    title = "Out of space"


class Damaged(DomainError):
    """What is stored is not what was put there."""

    http_status = 500
    title = "Damaged"
