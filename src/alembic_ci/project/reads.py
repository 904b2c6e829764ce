"""Tell queries that only look from those that may change something.

A query that is kept although it only reads does no harm in a script; one that is left out although
it writes makes the script wrong. So only what is known to be harmless counts as a read:
``SELECT setval(...)`` or a call of the project's own function may do anything.
"""

import re

_QUOTED = re.compile(r"[eE]?'(?:[^'\\]|\\.|'')*'|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL)
_READING = re.compile(r"\s*\(*\s*(select|with|values|table|show|explain|describe|desc|pragma)\b")
_LOCKING = re.compile(r"\bfor\s+(no\s+key\s+update|update|key\s+share|share)\b")
_WRITING = re.compile(
    r"\b(insert|update|delete|merge|replace|into|create|alter|drop|truncate|call|do|set|lock)\b(?!\s*\()"
)
_PRAGMA = re.compile(
    r"\s*pragma\s+(?:[\w\"]+\s*\.\s*)?(?:\w+\s*;?\s*$|(?:table_x?info|table_list|index_x?info|"
    r"index_list|foreign_key_list|foreign_key_check|integrity_check|quick_check)\b)"
)
_CALL = re.compile(r"([A-Za-z_][\w$]*)\"?\s*\(")
_ASSIGNMENT = re.compile(r":=|@\w+\s*=")

# What may stand before a parenthesis and is no function, or one of type names and clauses.
_WORDS = (
    "all and any array as between by case check distinct else end except exists filter from group "
    "having in intersect join lateral like limit not notnull offset on or order over partition "
    "select some then union using values when where with within bit char character dec decimal "
    "float int integer numeric time timestamp varbinary varchar varying "
)
_FUNCTIONS = (
    "abs age array_agg array_length array_position array_remove array_to_string ascii avg bit_and "
    "bit_length bit_or bool_and bool_or btrim cardinality cast ceil ceiling char_length "
    "character_length chr coalesce col_description collation concat concat_ws convert count crc32 "
    "cume_dist curdate current_catalog current_database current_date current_role current_schema "
    "current_schemas current_setting current_time current_timestamp current_user curtime database "
    "date date_add date_diff date_format date_part date_sub date_trunc datediff datetime day "
    "decode dense_rank encode every exp extract field find_in_set first_value "
    "floor format format_type from_days from_unixtime gen_random_uuid generate_series "
    "generate_subscripts "
    "glob greatest group_concat hex hour if ifnull iif inet_server_addr instr interval isnull "
    "json json_agg json_array json_array_length json_extract json_object json_type json_valid "
    "jsonb_agg jsonb_array_elements jsonb_array_length jsonb_build_object jsonb_each "
    "jsonb_object_keys jsonb_typeof julianday lag last_value lcase lead least left length "
    "like ln localtime localtimestamp locate log lower lpad ltrim max md5 mid min minute mod month "
    "now nth_value ntile nullif obj_description octet_length overlay pg_backend_pid "
    "pg_encoding_to_char pg_get_constraintdef pg_get_expr pg_get_function_identity_arguments "
    "pg_get_functiondef pg_get_indexdef pg_get_ruledef pg_get_serial_sequence pg_get_triggerdef "
    "pg_get_userbyid pg_get_viewdef pg_relation_size pg_table_is_visible pg_table_size "
    "pg_total_relation_size pg_type_is_visible pg_typeof position pow power printf quote "
    "quote_ident quote_literal random rank regexp_matches regexp_replace regexp_split_to_array "
    "repeat replace reverse right round row row_number row_to_json rpad rtrim schema second "
    "session_user shobj_description sign split_part sqlite_version sqrt starts_with stddev "
    "strftime string_agg "
    "string_to_array strpos substr substring sum time timestampdiff to_char to_date to_json "
    "to_jsonb to_number to_regclass to_regnamespace to_regproc to_regtype to_timestamp total trim "
    "trunc truncate typeof ucase unhex unicode unix_timestamp unnest upper user utc_date "
    "utc_timestamp uuid variance version week year "
    "has_column_privilege has_database_privilege has_function_privilege has_schema_privilege "
    "has_sequence_privilege has_table_privilege"
)
_HARMLESS = frozenset((_WORDS + _FUNCTIONS).split())


def only_reads(statement: str) -> bool:
    """Tell whether *statement* is known to change nothing."""
    text = _QUOTED.sub(" '' ", statement).lower()
    opening = _READING.match(text)
    if not opening:
        return False
    if opening[1] == "pragma":
        return bool(_PRAGMA.match(text))
    if opening[1] in {"show", "describe", "desc"}:
        return True
    text = _LOCKING.sub(" ", text)
    functions = set(_CALL.findall(text))
    return not _WRITING.search(text) and functions <= _HARMLESS and not _ASSIGNMENT.search(text)
