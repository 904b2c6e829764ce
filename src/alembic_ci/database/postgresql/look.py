"""The function that looks, after each step, at what the current transaction did to the schema.

It answers with a JSON array: what `probe` reads, and a row for each object that it describes. It is
a function because most of what a statement takes is its start: here only those run that
may find something, in one trip to the server, and they are planned once. It is a temporary one,
which nobody but this session sees and which no snapshot shows.
https://www.postgresql.org/docs/current/plpgsql.html
"""

from collections.abc import Iterable

from alembic_ci.database.postgresql.parts import described
from alembic_ci.database.postgresql.scope import VersionTable, literal
from alembic_ci.database.postgresql.section import V15
from alembic_ci.database.postgresql.statement import SETTINGS
from alembic_ci.database.postgresql.touched import TOUCHED, touched
from alembic_ci.database.postgresql.written import WRITTEN, accounts, counts, locks

NAME = "alembic_ci_look"
_FUNCTION = f"pg_temp.{NAME}()"
_FOUND = f"pg_catalog.to_regprocedure('{_FUNCTION}')"

LOOK = f"select null, {_FUNCTION}"

_USABLE = f"pg_catalog.has_function_privilege({_FOUND}, 'EXECUTE')"

QUESTION = f"select case when {_USABLE} then '{LOOK}' else '' end"
"""Leads to `LOOK` if this session, which may be another in each transaction, has the function."""

MAY_CREATE = f"""select {_FOUND} is null
 and pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')
 and pg_catalog.current_setting('transaction_read_only') = 'off'
 and exists (select 1 from pg_catalog.pg_language l where l.lanname = 'plpgsql'
 and pg_catalog.has_language_privilege(l.oid, 'USAGE'))
 and not exists (select 1 from pg_catalog.pg_event_trigger e where e.evtenabled <> 'D'
 and e.evtevent in ('ddl_command_start', 'ddl_command_end')
 and (e.evttags is null or 'CREATE FUNCTION' = any (e.evttags)))"""
"""Tells whether the function can be made, and without anybody's hearing of it."""

_PLANNING = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
"""Statements are planned once for all steps.

Planned while there are few objects they would go on reading whole catalogues when there are many;
and the cost that a method turned off is given, where there is no other, would call for compiling.
"""


def create_look(version: int, watched_oids: Iterable[int], version_table: VersionTable) -> str:
    """Return the statement that makes the function on a server of this version.

    It leaves early where there is nothing to describe: nothing was written, or so much may have
    changed that all has to be read. From 15 on the session is also told to report its counts at the
    end of this transaction, so that they start from nothing in the next one; before, they may hold
    up to half a second's writes.
    """
    flush = "perform pg_catalog.pg_stat_force_next_flush();" if version >= V15 else ""
    settings = "\n".join(
        f" set {name} = {literal(value) if name != 'search_path' else value}"
        for name, value in {**SETTINGS, **_PLANNING}.items()
    )
    return f"""create function {_FUNCTION} returns text language plpgsql stable
{settings}
as $look$
declare
 own bigint = pg_catalog.txid_current_if_assigned();
 rows text;{WRITTEN}{TOUCHED}
begin
 {flush}{locks()}
 if own is not null and by_hand = 0 and pg_catalog.current_setting('track_counts') = 'on' then
{counts(",".join(map(str, watched_oids)))}
 end if;
 if writes is not null then{accounts(version)}{touched()}{described(version, version_table)}
 end if;
 return pg_catalog.concat('[', pg_catalog.concat_ws(',', pg_catalog.json_build_array(
 pg_catalog.pg_backend_pid(), transaction, coalesce(own, 0),
 pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()),
 pg_catalog.current_setting('track_counts') = 'on', by_hand > 0, coalesce(writes, ''),
 coalesce(deep, false), coalesce(touched_relations::bigint[], '{{}}'),
 coalesce(touched_types::bigint[], '{{}}'), coalesce(touched_routines::bigint[], '{{}}'))::text,
 rows), ']');
end $look$"""
