"""Errors a person reads: each is a sentence that says what is not possible, why, and what to do."""


class DomainError(Exception):
    """The request breaks a rule of the domain; answered with 422."""

    status = 422

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(DomainError):
    """The person sees the thing but may not do this with it; answered with 403."""

    status = 403


class NotFound(DomainError):
    """The thing does not exist, or the person may not know that it does; answered with 404."""

    status = 404

    def __init__(self, sentence: str = "Das gibt es nicht, oder Sie haben darauf keinen Zugriff.") -> None:
        super().__init__(sentence)


class Conflict(DomainError):
    """Somebody else changed the thing in the meantime; answered with 409."""

    status = 409


class TooMany(DomainError):
    """Too many attempts in a short time; answered with 429."""

    status = 429
