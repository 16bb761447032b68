"""What a field is called and measured in, for charts and for the table of columns alike."""

from lamppost.model import Field

_WORDS = {"USD": "US dollars", "m": "metres", "mi": "miles"}


def title_of(field: Field) -> str:
    """The field's title, or its name in words."""
    return field.title or field.name.replace("_", " ").capitalize()


def unit_in_words(field: Field) -> str:
    """The same where there is room for a word: `US dollars`, `metres`."""
    return _WORDS.get(field.unit, field.unit)
