"""What can go wrong between us and an API server, and what a person can do about it."""

from anyops.errors import AnyopsError, ConfigError


class ApiError(Exception):
    """One request that gave no answer. `why` is forbidden, absent, expired or failed; `detail` one line.

    `ends` is the error to end with where nothing at all could be read: then no other request fares better.
    `resume` is the token with which an expired list can be read on.
    """

    def __init__(
        self, why: str, detail: str, *, status: int = 0, ends: AnyopsError | None = None, resume: str = ""
    ) -> None:
        super().__init__(detail)
        self.why = why
        self.detail = detail
        self.status = status
        self.ends = ends
        self.resume = resume


class UnreachableError(AnyopsError):
    """No API server answered, so the question stays open."""

    exit_code = 4


class CredentialsError(ConfigError):
    """The API server does not accept who we say we are."""


class TrustError(ConfigError):
    """The API server's certificate is not one that the kubeconfig trusts, or it does not speak TLS."""
