"""What a field is called and measured in, for charts and for the table of columns alike."""

from lamppost.model import Field
from lamppost.notation import unit_of

__all__ = ["title_of", "unit_in_words", "unit_of"]
_WORDS = {"USD": "US dollars", "m": "metres", "mi": "miles"}


def title_of(field: Field) -> str:
    """The field's title, or its name in words."""
    return field.title or field.name.replace("_", " ").capitalize()


def unit_in_words(field: Field) -> str:
    """The same where there is room for a word: `US dollars`, `metres`."""
    unit = unit_of(field)
    return _WORDS.get(unit, unit)
