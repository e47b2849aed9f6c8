"""Errors that carry blame: ours are plain exceptions; these are the user's or the operator's to mend."""

from __future__ import annotations


class CoraError(Exception):
    """Something a person can mend. ``str(error)`` says what is wrong; ``hint`` says what to do. Carries no content."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NotOpened(CoraError):  # noqa: N818 - it names the one thing that did not happen
    """A sealed thing could not be opened: wrong key, cut short or changed. Never says which."""

    def __init__(self, what: str = "the sealed data") -> None:
        super().__init__(f"{what} could not be opened: wrong key, or it was cut short or changed")
