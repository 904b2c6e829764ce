"""Turn the text of a setting into its value, or say which source is wrong and how."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from alembic_ci.environment_names import canonical_name
from alembic_ci.errors import SettingsError
from alembic_ci.settings_sources import Given

_TRUTHS = {"true": True, "yes": True, "on": True, "1": True}
_TRUTHS |= {"false": False, "no": False, "off": False, "0": False}


class Values:
    """The settings by name; of several layers the first that says something counts."""

    def __init__(self, layers: Sequence[Mapping[str, Given]]) -> None:
        self._layers = layers

    def text(self, name: str) -> str:
        """Return one text, "" when there is none."""
        given = self._given(name)
        if len(given.texts) > 1:
            _refuse(given, "has several values", f"Give {name} one value.")
        return given.texts[0].strip() if given.texts else ""

    def lines(self, name: str) -> tuple[str, ...]:
        """Return a list whose items may hold commas: one a line."""
        return tuple(_items(self._given(name), r"[\r\n]+"))

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list written with commas or new lines."""
        return tuple(dict.fromkeys(_items(self._given(name), r"[,\r\n]+")))

    def words_with(self, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        """Return a list of words, each of which may say ``=`` one of those that are known."""
        words = self.words(name)
        for word in words:
            _, said, what = word.partition("=")
            if said and what not in allowed:
                remedy = f"Behind the = stands one of {', '.join(allowed)}; alone, it is the URL's."
                _refuse(self._given(name), f'says "{word}"', remedy)
        return words

    def words_of(self, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        """Return a list of words that must be known."""
        words = self.words(name)
        for word in words:
            if word not in allowed:
                what = f'names "{word}", which is none of the {name}'
                _refuse(self._given(name), what, f"Use any of {', '.join(allowed)}.")
        return words

    def word_of(self, name: str, allowed: Sequence[str]) -> str:
        """Return one word that must be known, "" when there is none."""
        word = self.text(name)
        if word and word not in allowed:
            _refuse(self._given(name), f'is "{word}"', f"Use one of {', '.join(allowed)}.")
        return word

    def environments(self, name: str) -> tuple[str, ...]:
        """Return a list of environments by their canonical names."""
        words = self.words(name)
        try:
            return tuple(dict.fromkeys(map(canonical_name, words)))
        except ValueError:
            what = "holds a text that is not the name of an environment"
            _refuse(self._given(name), what, "Use letters, digits, dashes and underscores.")

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return ``KEY=VALUE`` pairs, one a line; values may hold commas and ``=``."""
        pairs = [line.partition("=") for line in self.lines(name)]
        if not all(key.strip() and sign for key, sign, _ in pairs):
            what = "has a line that is not KEY=VALUE"
            _refuse(self._given(name), what, "Write each as KEY=VALUE, on a line of its own.")
        return tuple((key.strip(), value.strip()) for key, _, value in pairs)

    def scope(self, name: str) -> str:
        """Return which revisions to prove: ``pending``, ``all`` or a positive number."""
        text = self.text(name)
        if not re.fullmatch(r"pending|all|[1-9][0-9]{0,8}", text):
            what = "is none of pending, all and a positive whole number"
            _refuse(self._given(name), what, "Write pending, all, or how many of the newest.")
        return text

    def seconds(self, name: str) -> float:
        """Return a duration."""
        try:
            seconds = float(self.text(name))
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            what = "is not a number of seconds above zero"
            _refuse(self._given(name), what, f"Write {name} as a number, like 30 or 0.5.")
        return seconds

    def optional_seconds(self, name: str) -> float | None:
        """Return a duration, 0 for none at all, ``None`` when nobody said anything."""
        if not self.text(name):
            return None
        return 0.0 if self.text(name) == "0" else self.seconds(name)

    def count(self, name: str) -> int:
        """Return a whole number, 0 or more."""
        text = self.text(name)
        if not re.fullmatch(r"[0-9]{1,6}", text):
            what = "is not a whole number, 0 or more"
            _refuse(self._given(name), what, f"Write {name} as a number, like 3.")
        return int(text)

    def count_or_auto(self, name: str) -> int:
        """Return a whole number above zero, or 0 for ``auto``."""
        text = self.text(name)
        if text == "auto":
            return 0
        if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
            what = "is neither auto nor a whole number from 1 to 9999"
            _refuse(self._given(name), what, f"Write {name} as a number, like 4, or auto.")
        return int(text)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        truth = _TRUTHS.get(self.text(name).lower())
        if truth is None:
            _refuse(self._given(name), "is neither true nor false", "Write true or false.")
        return truth

    def path(self, name: str) -> Path:
        """Return a path as it was written."""
        return Path(self.text(name))

    def optional_path(self, name: str) -> Path | None:
        """Return a path, ``None`` when nobody gave one."""
        text = self.text(name)
        return Path(text) if text else None

    def _given(self, name: str) -> Given:
        return next(layer[name] for layer in self._layers if name in layer)


def _items(given: Given, separators: str) -> Iterator[str]:
    pieces = (piece.strip() for text in given.texts for piece in re.split(separators, text))
    return filter(None, pieces)


def _refuse(given: Given, what: str, remedy: str) -> NoReturn:
    raise SettingsError(f"{given.source} {what}.", remedy=remedy)
