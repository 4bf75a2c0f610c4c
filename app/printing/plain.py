"""The properties of most papers: no code is drawn on them, and nothing of them is a cell of a form."""

from collections.abc import Mapping, Sequence


class Plain:
    """A paper without a code and without cells, where it does not say otherwise."""

    __slots__ = ()

    @property
    def codes(self) -> Sequence[str]:
        """The codes that are drawn on it."""
        return []

    @property
    def cells(self) -> Mapping[str, str]:
        """The texts of the cells of a form, by the members that fill them."""
        return {}
