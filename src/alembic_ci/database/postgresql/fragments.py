"""SQL expressions that several sections share.

No text here or in the sections may hold a per cent sign, a question mark or a single colon before
a letter: some drivers read those as placeholders even when no parameters are given.
"""

NOT_SYSTEM = "pg_catalog.left({n}.nspname, 3) <> 'pg_' and {n}.nspname <> 'information_schema'"

FIRST_USER_OID = 16384
"""The first OID that initdb does not use."""


def catalogue(name: str) -> str:
    """Return the expression for a system catalogue's OID, as ``pg_depend.classid`` holds it."""
    return f"'pg_catalog.{name}'::pg_catalog.regclass"


def qualified(namespace: str, name: str) -> str:
    """Return *name* with its schema in front, unless that is ``public``."""
    return (
        f"(case {namespace}.nspname when 'public' then '' else {namespace}.nspname || '.' end"
        f" || {name})"
    )


def schema(oid: str) -> str:
    """Return a lateral table of one row, with a schema's name as ``nspname``.

    The name comes out of a cast, unquoted again, because each table that a statement reads makes it
    start later.
    """
    quoted = f"{oid}::pg_catalog.regnamespace::text"
    name = f"""pg_catalog.btrim(pg_catalog.replace({quoted}, '""', '"'), '"')"""
    return f"lateral (select {name} as nspname offset 0)"


def qualified_relation(oid: str) -> str:
    """Return the name of the relation with this OID the way `qualified` writes it."""
    return (
        f"(select {qualified('qn', 'qc.relname')} from pg_catalog.pg_class qc"
        f" cross join {schema('qc.relnamespace')} qn where qc.oid = {oid})"
    )


def shared_name(on: str, oid: str) -> str:
    """Return the name of one of few objects that have no schema, from the server's caches.

    https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-OBJECT
    """
    return f"(pg_catalog.pg_identify_object({catalogue(on)}, {oid}, 0)).identity"


def comment(on: str, oid: str, part: str = "0") -> str:
    """Return the comment on an object of catalogue *on*.

    A subquery and not ``obj_description()``, which costs a whole SQL function call per row.
    https://www.postgresql.org/docs/current/catalog-pg-description.html
    """
    return (
        "(select cd.description from pg_catalog.pg_description cd"
        f" where cd.objoid = {oid} and cd.classoid = {catalogue(on)} and cd.objsubid = {part})"
    )


def tablespace(oid: str) -> str:
    """Return a tablespace's name, or null for the database's own."""
    return f"case when {oid} <> 0 then {shared_name('pg_tablespace', oid)} end"


def role(oid: str) -> str:
    """Return a role's name."""
    return f"pg_catalog.pg_get_userbyid({oid})::text"


def privileges(acl: str, kind: str, owner: str) -> str:
    """Return an access control list and what it is by default, for `privileges.in_words`.

    *kind* is the letter of ``acldefault()``. Both go out as they are: taking them apart here would
    cost more in every description than all other attributes together.
    https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-ACLITEM-FN-TABLE
    """
    default = f"pg_catalog.acldefault('{kind}', {owner})"
    return (
        f"case when {acl} is not null then pg_catalog.json_build_array({_texts(acl)},"
        f" {_texts(default)}) end"
    )


def granted(acl: str) -> str:
    """Return an access control list that has no default."""
    return f"pg_catalog.json_build_array({_texts(acl)}, null)"


def options(array: str) -> str:
    """Return an array of ``name=value`` texts, which is read as a set."""
    return _texts(array)


def _texts(array: str) -> str:
    return f"pg_catalog.array_to_json({array}::text[])"


def sequence_options(row: str) -> str:
    """Return a ``pg_sequence`` row as the words of CREATE SEQUENCE.

    https://www.postgresql.org/docs/current/catalog-pg-sequence.html
    """
    return (
        f"'AS ' || pg_catalog.format_type({row}.seqtypid, null)"
        f" || ' START ' || {row}.seqstart || ' INCREMENT ' || {row}.seqincrement"
        f" || ' MINVALUE ' || {row}.seqmin || ' MAXVALUE ' || {row}.seqmax"
        f" || ' CACHE ' || {row}.seqcache || case when {row}.seqcycle then ' CYCLE' else '' end"
    )


def firing(letter: str) -> str:
    """Return when a trigger or rule fires, or null for the usual."""
    return (
        f"case {letter} when 'D' then 'DISABLED' when 'R' then 'ENABLE REPLICA'"
        " when 'A' then 'ENABLE ALWAYS' end"
    )


def words(**attributes: str) -> str:
    """Return the attributes of one object as a JSON text without the nulls.

    Underscores in the names stand for spaces; a leading one marks a fact for `naming`.
    """
    pairs = ", ".join(f"'{_word(name)}', {expression}" for name, expression in attributes.items())
    return f"pg_catalog.json_strip_nulls(pg_catalog.json_build_object({pairs}))::text"


def _word(name: str) -> str:
    return name if name.startswith("_") else name.rstrip("_").replace("_", " ")
