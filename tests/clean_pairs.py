"""Random upgrades with downgrades that do undo them, run through Alembic's own operations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import sqlalchemy as sa
from alembic.operations import Operations

Change = Callable[[Operations], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """One revision: what it does, and what undoes it."""

    about: str
    up: Change
    down: Change


@dataclass
class Pairs:
    """An endless history; it remembers which tables exist after every upgrade so far."""

    random: Random
    mysql: bool
    count: int = 0
    tables: list[str] = field(default_factory=list)
    _lengths: dict[str, int] = field(default_factory=dict)
    _nulls: dict[str, bool] = field(default_factory=dict)
    _defaults: dict[str, str | None] = field(default_factory=dict)
    _comments: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Pair]:
        makers = [self._table, self._column, self._index, self._unique, self._reference]
        makers += [self._type, self._null, self._default, self._view, self._trigger]
        makers += [self._renamed_table, self._renamed_column, self._dropped_table]
        makers += [self._checked, self._comment] if self.mysql else []
        yield self._table()
        while True:
            yield self.random.choice(makers)()

    def _next(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count}"

    def _any(self) -> str:
        return self.random.choice(self.tables)

    def _table(self) -> Pair:
        name = self._next("Table" if self.random.random() < 0.3 else "table")
        create = self._create(name)
        self.tables.append(name)
        return Pair("create table", create, lambda op: op.drop_table(name))

    def _create(self, name: str) -> Change:
        parent = self._any() if self.tables and self.random.random() < 0.6 else None
        named = self.random.random() < 0.5

        def create(op: Operations) -> None:
            items: list[sa.schema.SchemaItem] = [
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("name", sa.String(50), nullable=False),
                sa.Column("amount", sa.Numeric(10, 2)),
                sa.Column("order", sa.Integer, server_default="1"),
                sa.Column("at", sa.DateTime, server_default=sa.func.now()),
                sa.UniqueConstraint("name", name=f"uq_{name}" if named else None),
            ]
            if parent:
                items.append(sa.Column("parent_id", sa.Integer))
                items.append(sa.ForeignKeyConstraint(["parent_id"], [f"{parent}.id"]))
            op.create_table(name, *items)

        return create

    def _dropped_table(self) -> Pair:
        name = self._next("gone")
        create = self._create(name)

        def both(op: Operations) -> None:
            create(op)
            op.drop_table(name)

        return Pair("create and drop table", both, lambda _: None)

    def _column(self) -> Pair:
        table, name, kind = self._any(), self._next("c"), self.random.randrange(3)

        def up(op: Operations) -> None:
            with op.batch_alter_table(table) as batch:
                if kind == 0:
                    batch.add_column(sa.Column(name, sa.String(20), server_default="x"))
                elif kind == 1:
                    batch.add_column(sa.Column(name, sa.Integer))
                else:
                    batch.add_column(sa.Column(name, sa.Date))

        return Pair("add column", up, self._drop_column(table, name))

    def _drop_column(self, table: str, name: str) -> Change:
        def down(op: Operations) -> None:
            with op.batch_alter_table(table) as batch:
                batch.drop_column(name)

        return down

    def _index(self) -> Pair:
        table, name = self._any(), self._next("ix")
        columns = self.random.choice([["name"], ["amount", "name"], ["order", "at"]])
        unique = self.random.random() < 0.3
        return Pair(
            "create index",
            lambda op: op.create_index(name, table, columns, unique=unique),
            lambda op: op.drop_index(name, table),
        )

    def _unique(self) -> Pair:
        table, name = self._any(), self._next("uq")

        def up(op: Operations) -> None:
            with op.batch_alter_table(table) as batch:
                batch.add_column(sa.Column(f"{name}_code", sa.Integer))
                batch.create_unique_constraint(name, [f"{name}_code", "order"])

        def down(op: Operations) -> None:
            with op.batch_alter_table(table) as batch:
                batch.drop_constraint(name, type_="unique")
                batch.drop_column(f"{name}_code")

        return Pair("unique constraint", up, down)

    def _reference(self) -> Pair:
        table, parent, name = self._any(), self._any(), self._next("fk")
        rule = self.random.choice([None, "CASCADE", "SET NULL"])

        def up(op: Operations) -> None:
            with op.batch_alter_table(table) as batch:
                batch.add_column(sa.Column(f"{name}_id", sa.Integer))
                batch.create_foreign_key(name, parent, [f"{name}_id"], ["id"], ondelete=rule)

        def down(op: Operations) -> None:
            with op.batch_alter_table(table) as batch:
                batch.drop_constraint(name, type_="foreignkey")
                batch.drop_column(f"{name}_id")

        return Pair("foreign key", up, down)

    def _type(self) -> Pair:
        table = self._any()
        length = self._lengths.setdefault(table, 50)
        self._lengths[table] = length + 1

        def to(new: int, old: int) -> Change:
            def alter(op: Operations) -> None:
                with op.batch_alter_table(table) as batch:
                    batch.alter_column(
                        "name",
                        type_=sa.String(new),
                        existing_type=sa.String(old),
                        existing_nullable=False,
                    )

            return alter

        return Pair("type", to(length + 1, length), to(length, length + 1))

    def _null(self) -> Pair:
        table = self._any()
        null = self._nulls.setdefault(table, True)
        self._nulls[table] = not null

        def to(*, new: bool) -> Change:
            def alter(op: Operations) -> None:
                with op.batch_alter_table(table) as batch:
                    batch.alter_column("amount", nullable=new, existing_type=sa.Numeric(10, 2))

            return alter

        return Pair("null", to(new=not null), to(new=null))

    def _default(self) -> Pair:
        table = self._any()
        default = self._defaults.setdefault(table, "1")
        other = self.random.choice([value for value in (None, "1", "2") if value != default])
        self._defaults[table] = other

        def to(new: str | None) -> Change:
            def alter(op: Operations) -> None:
                with op.batch_alter_table(table) as batch:
                    batch.alter_column("order", server_default=new, existing_type=sa.Integer())

            return alter

        return Pair("default", to(other), to(default))

    def _view(self) -> Pair:
        return self._on_own_table("view", "VIEW {name} AS SELECT id, name FROM {table}")

    def _trigger(self) -> Pair:
        body = "SET @x = 1" if self.mysql else "BEGIN SELECT 1; END"
        return self._on_own_table(
            "trigger", f"TRIGGER {{name}} AFTER INSERT ON {{table}} FOR EACH ROW {body}"
        )

    def _on_own_table(self, about: str, sql: str) -> Pair:
        """Use a table that no later revision alters: batch mode loses its triggers, truly."""
        table, name = self._next("watched"), self._next("x")
        create = self._create(table)
        kind = sql.partition(" ")[0]

        def up(op: Operations) -> None:
            create(op)
            op.execute("CREATE " + sql.format(name=name, table=table))

        def down(op: Operations) -> None:
            op.execute(f"DROP {kind} {name}")
            op.drop_table(table)

        return Pair(about, up, down)

    def _renamed_table(self) -> Pair:
        old, new = self._next("old"), self._next("new")
        create = self._create(old)

        def up(op: Operations) -> None:
            create(op)
            op.rename_table(old, new)

        def down(op: Operations) -> None:
            op.rename_table(new, old)
            op.drop_table(old)

        return Pair("rename table", up, down)

    def _renamed_column(self) -> Pair:
        table, name, other = self._any(), self._next("c"), self._next("c")

        def up(op: Operations) -> None:
            op.add_column(table, sa.Column(name, sa.Integer))
            op.alter_column(table, name, new_column_name=other, existing_type=sa.Integer())

        def with_batch(op: Operations) -> None:
            op.add_column(table, sa.Column(name, sa.Integer))
            with op.batch_alter_table(table) as batch:
                batch.alter_column(name, new_column_name=other, existing_type=sa.Integer())

        return Pair(
            "rename column", up if self.mysql else with_batch, self._drop_column(table, other)
        )

    def _checked(self) -> Pair:
        table, name = self._any(), self._next("ck")
        return Pair(
            "check",
            lambda op: op.create_check_constraint(name, table, "`order` > 0"),
            lambda op: op.drop_constraint(name, table, type_="check"),
        )

    def _comment(self) -> Pair:
        table = self._any()
        before, after = self._comments.get(table), self._next("comment")
        self._comments[table] = after
        return Pair(
            "comment",
            lambda op: op.create_table_comment(table, after, existing_comment=before),
            lambda op: (
                op.create_table_comment(table, before, existing_comment=after)
                if before
                else op.drop_table_comment(table, existing_comment=after)
            ),
        )
