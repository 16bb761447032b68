"""frictionless's fields of text with a pattern, so that no cell is looked at for ever; what they say stays the same."""

import functools
from collections.abc import Callable
from typing import Any

from lamppost.validate.effort import estimate
from lamppost.validate.matching import PatternTooSlowError, make_matcher

Reader = Callable[[Any], tuple[Any, dict[str, str] | None]]


def bound(schema: Any) -> Any:
    """The schema, in it fields that come to an end in place of those that might not."""
    for place, field in enumerate(schema.fields):
        pattern = field.constraints.get("pattern") if field.type == "string" else None
        if isinstance(pattern, str) and not estimate(pattern).tame and field.__class__.__name__ != "Bounded":
            schema.fields[place] = _derive(field.__class__).from_descriptor(field.to_descriptor(), allow_invalid=True)
            schema.fields[place].schema = schema
    return schema


@functools.cache
def derive_detector(detector: Any) -> Any:
    """A detector of this class: whatever table is opened with it has bounded fields, and so has each copy of it."""

    class Bounding(detector):  # type: ignore[misc]  # a class of frictionless
        """Detects what frictionless does."""

        def detect_schema(self, *options: Any, **more: Any) -> Any:
            return bound(super().detect_schema(*options, **more))

    return Bounding()


@functools.cache
def _derive(text_field: Any) -> Any:
    class Bounded(text_field):  # type: ignore[misc]  # a class of frictionless
        """A text field whose pattern is matched in bounded time."""

        @classmethod
        def metadata_select_class(cls, _type: str | None) -> Any:
            return cls  # so that its copies are bounded too

        def create_cell_reader(self) -> Reader:
            field: Any = self
            constraints = field.constraints
            matches, pattern = make_matcher(constraints["pattern"]), constraints["pattern"]
            field.constraints = {name: value for name, value in constraints.items() if name != "pattern"}
            read = super().create_cell_reader()
            field.constraints = constraints

            def _read(cell: Any) -> tuple[Any, dict[str, str] | None]:
                value, notes = read(cell)
                if value is None or (notes and "type" in notes):
                    return value, notes
                try:
                    if matches(value):
                        return value, notes
                except PatternTooSlowError:
                    raise PatternTooSlowError(pattern, self.name) from None
                found = {**(notes or {}), "pattern": f'constraint "pattern" is "{pattern}"'}
                return value, {name: found[name] for name in self.supported_constraints if name in found}

            return _read

    return Bounded
