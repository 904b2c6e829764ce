"""Where a database stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusResult:
    """Where a database stands. *pending* is oldest first; *unknown* are ids the project lacks."""

    initialised: bool
    current: tuple[str, ...]
    heads: tuple[str, ...]
    target: str
    pending: tuple[str, ...]
    unknown: tuple[str, ...] = ()

    @property
    def up_to_date(self) -> bool:
        """Tell whether nothing is pending and nothing unknown stands in the version table."""
        return self.initialised and not self.pending and not self.unknown
