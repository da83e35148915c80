"""Every error a person can meet. Each carries its exit code and the cure."""


class AnyopsError(Exception):
    """The tree's top. `hint` is the cure, printed on a line of its own."""

    exit_code = 70

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AnyopsError):
    """Wrong usage, or nothing readable in what was given."""

    exit_code = 2


class NothingReadableError(UsageError):
    """What was given exists, and holds nothing anyops can read."""


class OpenQuestionError(AnyopsError):
    """What the question depends on could not be read."""

    exit_code = 4


class OutputError(AnyopsError):
    """The answer could not be written to where it was sent."""

    exit_code = 2


class ConfigError(AnyopsError):
    """Configuration, credentials, or a missing extra."""

    exit_code = 3


class ReadError(AnyopsError):
    """One input could not be read. Sources catch it, list it under `unread` and go on."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.line = line
        self.column = column
