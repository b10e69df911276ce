"""Why a letter could not be drawn, in sentences for the person who wants it."""

from campaign.core.errors import RefusedError, UnavailableError


class RenderTimeoutError(UnavailableError):
    """A letter took longer than the limit; its worker was stopped."""


class UndrawableError(RefusedError):
    """No font here has some of the letter's characters; ``characters`` holds each of them once."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        listed = ", ".join(f"“{character}” (U+{ord(character):04X})" for character in characters[:10])
        super().__init__(f"The letter cannot be drawn, because no font here has {listed}. Please write it without.")
