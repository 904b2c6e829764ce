"""What is known of revisions from empty tables, when more is done with them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from alembic_ci.history import Revision
from alembic_ci.model import RevisionProof
from alembic_ci.steps.changes import Changes
from alembic_ci.urls import Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is known of *todo*, the revisions of one database.

    *proofs* are theirs, *changes* is what each was seen to change. They stand on *base* and on what
    was applied *below* them, which is new, too.
    """

    dialect: Dialect
    base: frozenset[str]
    below: frozenset[str] = frozenset()
    todo: tuple[Revision, ...]
    proofs: tuple[RevisionProof, ...] = ()
    changes: Mapping[str, Changes] = field(default_factory=dict)

    def parts(self, flights: Iterable[tuple[Revision, ...]]) -> Iterator["Ground"]:
        """Divide them into *flights*, each of which stands on those before."""
        below = self.below
        for todo in flights:
            names = {revision.revision for revision in todo}
            proofs = tuple(proof for proof in self.proofs if proof.revision in names)
            yield replace(self, below=below, todo=todo, proofs=proofs)
            below |= {proof.revision for proof in proofs if proof.applied}
