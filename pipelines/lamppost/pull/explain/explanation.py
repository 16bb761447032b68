"""What a pull would do, in sentences for the person who wrote the descriptor."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """Said before anything is asked: no network, no file, no secret."""

    asks: tuple[str, ...]
    """What would be asked of which server, in order, a sentence each."""
    proof: tuple[str, ...]
    """How completeness will be proven, or why it cannot be."""
    refusals: tuple[str, ...] = ()
    """Why this must not run as it is declared."""
