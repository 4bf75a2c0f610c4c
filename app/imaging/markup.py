"""A part of a Word document as a tree of its elements, by their names without prefixes."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Self
from xml.parsers import expat

from app.imaging.refusals import ImageRefused

DEEPEST = 120
"""Elements within each other: a form in tables, in text boxes, in tables has less than half."""


@dataclass(slots=True)
class Element:
    """An element: its name, its attributes, and what it has inside, text and elements in their order."""

    name: str
    attributes: dict[str, str]
    inside: list["Element | str"] = field(default_factory=list)

    @property
    def children(self) -> Iterator["Element"]:
        return (each for each in self.inside if isinstance(each, Element))

    @property
    def text(self) -> str:
        return "".join(each for each in self.inside if isinstance(each, str))

    def child(self, name: str) -> "Element | None":
        return next((each for each in self.children if each.name == name), None)

    def under(self, *names: str) -> "Element | None":
        """Return the element to which these names lead, from child to child."""
        found: Element | None = self
        for name in names:
            found = found and found.child(name)
        return found

    def every(self, name: str) -> Iterator["Element"]:
        """Yield the elements of this name at any depth."""
        for each in self.children:
            if each.name == name:
                yield each
            yield from each.every(name)

    def value(self, *names: str) -> str | None:
        """Return the `val` of the element to which these names lead."""
        found = self.under(*names)
        return found.attributes.get("val") if found else None

    def says(self, *names: str) -> bool:
        """Return true if the property to which these names lead is there and not switched off."""
        return self.under(*names) is not None and self.value(*names) not in {"0", "false", "off"}


class _Builder:
    """The handlers that make a tree of what the parser meets, but for the elements that nobody needs."""

    def __init__(self, without: Container[str]) -> None:
        self.root = Element("", {})
        self._open = [self.root]
        self._without = without
        self._left_out = 0
        """Elements open within one that is left out, with itself."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if self._left_out or (named := local_name(name)) in self._without:
            self._left_out += 1
            return
        if len(self._open) > DEEPEST:
            raise ImageRefused("broken_form", reason="too_deep")
        element = Element(named, {local_name(each): value for each, value in attributes.items()})
        self._open[-1].inside.append(element)
        self._open.append(element)

    def end(self, _: str) -> None:
        if self._left_out:
            self._left_out -= 1
        else:
            self._open.pop()

    def say(self, text: str) -> None:
        if not self._left_out:
            self._open[-1].inside.append(text)

    @classmethod
    def of(cls, content: bytes, without: Container[str]) -> Self:
        built, parser = cls(without), expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = built.begin, built.end
        parser.CharacterDataHandler = built.say
        parser.Parse(content, True)
        return built


def tree_of(content: bytes | None, without: Container[str] = ()) -> Element:
    """Return the tree of a part that was found whole and passive, without the elements of these names.

    It is empty where there is no part.
    """
    return _Builder.of(content, without).root if content else Element("", {})


def local_name(name: str) -> str:
    """Return a name without its prefix; one in the default namespace has none."""
    return name.rpartition(":")[2]
