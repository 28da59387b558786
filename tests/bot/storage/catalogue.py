"""A migrated database as its catalogue describes it: what the checks look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg


@dataclass(frozen=True, slots=True)
class Relation:
    """A table (`r`, `p`), view (`v`), materialised view (`m`), sequence (`S`) or foreign table (`f`)."""

    name: str
    kind: str
    is_partition: bool
    has_rls: bool
    has_forced_rls: bool
    has_hotel: bool
    options: tuple[str, ...]

    @property
    def is_table(self) -> bool:
        return self.kind in {"r", "p", "f"}


@dataclass(frozen=True, slots=True)
class Column:
    table: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Index:
    """`columns` are the key's columns, an expression where it is none; `is_whole` unless it is partial.

    `is_unique` when two rows may not have the same key, or keys that an exclusion constraint takes for the same.
    """

    table: str
    name: str
    columns: tuple[str, ...]
    is_unique: bool
    is_whole: bool


@dataclass(frozen=True, slots=True)
class ForeignKey:
    table: str
    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    is_enforced: bool


@dataclass(frozen=True, slots=True)
class Check:
    table: str
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class Policy:
    table: str
    name: str
    is_permissive: bool
    roles: tuple[str, ...]
    command: str
    using: str | None
    check: str | None


@dataclass(frozen=True, slots=True)
class Function:
    signature: str
    is_definer: bool
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """One privilege of one role; `PUBLIC` is everybody. `column` is empty for the whole object."""

    role: str
    kind: str
    target: str
    column: str
    privilege: str

    def __str__(self) -> str:
        column = f" ({self.column})" if self.column else ""
        return f"{self.role} may {self.privilege}{column} on {self.kind} {self.target}"


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    attributes: tuple[str, ...]
    member_of: tuple[str, ...]
    owns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """A setting that a session begins with; `PUBLIC` is everybody who comes to this database."""

    role: str
    setting: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Rewrites a statement into another, which runs with the rights of the table's owner."""

    table: str
    name: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    relations: tuple[Relation, ...]
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...]
    foreign_keys: tuple[ForeignKey, ...]
    checks: tuple[Check, ...]
    policies: tuple[Policy, ...]
    functions: tuple[Function, ...]
    grants: tuple[Grant, ...]
    roles: tuple[Role, ...]
    presets: tuple[Preset, ...]
    rules: tuple[Rule, ...]


async def read_catalogue(connection: asyncpg.Connection, migrated: str) -> Catalogue:
    """Read the catalogue of the database that the connection is at; of its roles those named bellhop_…

    `migrated` names the database that the migrations ran in: its copies have everything but its own grants.
    """
    # Names are then printed with their schema, whatever the connection's own search path.
    await connection.execute("SET search_path = pg_catalog")

    async def rows(kind: type[Row], query: str, *values: str) -> tuple[Row, ...]:
        return tuple(kind(*map(_plain, row)) for row in await connection.fetch(query, *values))

    return Catalogue(
        relations=await rows(Relation, _RELATIONS),
        columns=await rows(Column, _COLUMNS),
        indexes=await rows(Index, _INDEXES),
        foreign_keys=await rows(ForeignKey, _FOREIGN_KEYS),
        checks=await rows(Check, _CHECKS),
        policies=await rows(Policy, _POLICIES),
        functions=await rows(Function, _FUNCTIONS),
        grants=await rows(Grant, _GRANTS, migrated),
        roles=await rows(Role, _ROLES),
        presets=await rows(Preset, _PRESETS, migrated),
        rules=await rows(Rule, _RULES),
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Row = TypeVar("Row")

_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_SYSTEM = "n.nspname LIKE 'pg\\_%'"
_INITIAL = "(SELECT initprivs FROM pg_init_privs WHERE classoid = '{}'::regclass AND objoid = {} AND objsubid = {})"
_NAME = "format('%s.%s', n.nspname, c.relname)"
_RELATION = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"

_RELATIONS = f"""
    SELECT {_NAME}, c.relkind::text, c.relispartition, c.relrowsecurity, c.relforcerowsecurity,
        EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'hotel_id' AND a.attnotnull),
        coalesce(c.reloptions, '{{}}')
    FROM {_RELATION} WHERE {_OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') ORDER BY 1
"""
_COLUMNS = f"""
    SELECT {_NAME}, a.attname::text, format_type(a.atttypid, NULL)
    FROM {_RELATION} JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE {_OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2
"""
_INDEXES = f"""
    SELECT {_NAME}, i.indexrelid::regclass::text,
        (SELECT array_agg(pg_get_indexdef(i.indexrelid, k, false) ORDER BY k)
         FROM generate_series(1, i.indnkeyatts) AS k),
        i.indisunique OR i.indisexclusion, i.indpred IS NULL
    FROM {_RELATION} JOIN pg_index i ON i.indrelid = c.oid WHERE {_OURS} ORDER BY 1, 2
"""
_KEY = """
    ARRAY(SELECT a.attname::text FROM unnest({}) WITH ORDINALITY AS k (number, place)
          JOIN pg_attribute a ON a.attrelid = {} AND a.attnum = k.number ORDER BY place)
"""
_FOREIGN_KEYS = f"""
    SELECT {_NAME}, o.conname::text, {_KEY.format("o.conkey", "o.conrelid")}, o.confrelid::regclass::text,
        {_KEY.format("o.confkey", "o.confrelid")},
        o.convalidated AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = o.oid AND t.tgenabled <> 'O')
    FROM {_RELATION} JOIN pg_constraint o ON o.conrelid = c.oid WHERE {_OURS} AND o.contype = 'f' ORDER BY 1, 2
"""
_CHECKS = f"""
    SELECT {_NAME}, o.conname::text, pg_get_constraintdef(o.oid)
    FROM {_RELATION} JOIN pg_constraint o ON o.conrelid = c.oid WHERE {_OURS} AND o.contype = 'c' ORDER BY 1, 2
"""
_POLICIES = """
    SELECT format('%s.%s', schemaname, tablename), policyname::text, permissive = 'PERMISSIVE', roles::text[], cmd,
        qual, with_check
    FROM pg_policies ORDER BY 1, 2
"""
_FUNCTIONS = f"""
    SELECT p.oid::regprocedure::text, p.prosecdef, coalesce(p.proconfig, '{{}}')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_OURS} ORDER BY 1
"""
# What an owner may do with its own objects is left out: nobody serves as the owner. So is what PostgreSQL itself
# lets everybody do with its own: `initial`.
_GRANTS = f"""
    WITH object AS (
        SELECT 'table' AS kind, {_NAME} AS name, c.relowner AS owner, '' AS column_name,
            coalesce(c.relacl, acldefault('r', c.relowner)) AS acl, NULL::aclitem[] AS initial
        FROM {_RELATION} WHERE {_OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        UNION ALL
        SELECT 'sequence', {_NAME}, c.relowner, '', coalesce(c.relacl, acldefault('s', c.relowner)), NULL
        FROM {_RELATION} WHERE {_OURS} AND c.relkind = 'S'
        UNION ALL
        SELECT 'function', p.oid::regprocedure::text, p.proowner, '', coalesce(p.proacl, acldefault('f', p.proowner)),
            NULL
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_OURS}
        UNION ALL
        SELECT 'schema', n.nspname, n.nspowner, '', coalesce(n.nspacl, acldefault('n', n.nspowner)), NULL
        FROM pg_namespace n WHERE {_OURS}
        UNION ALL
        SELECT 'table', {_NAME}, c.relowner, a.attname, a.attacl, {_INITIAL.format("pg_class", "c.oid", "a.attnum")}
        FROM {_RELATION} JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attacl IS NOT NULL
        UNION ALL
        SELECT 'table', {_NAME}, c.relowner, '', c.relacl, {_INITIAL.format("pg_class", "c.oid", "0")}
        FROM {_RELATION} WHERE {_SYSTEM} AND c.relacl IS NOT NULL
        UNION ALL
        SELECT 'function', p.oid::regprocedure::text, p.proowner, '', p.proacl,
            coalesce({_INITIAL.format("pg_proc", "p.oid", "0")}, acldefault('f', p.proowner))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_SYSTEM} AND p.proacl IS NOT NULL
        UNION ALL
        SELECT 'database', '', datdba, '', coalesce(datacl, acldefault('d', datdba)), NULL
        FROM pg_database WHERE datname = $1
        UNION ALL
        SELECT 'large object', oid::text, lomowner, '', lomacl, NULL FROM pg_largeobject_metadata
        UNION ALL
        SELECT 'tablespace', spcname, spcowner, '', spcacl, NULL FROM pg_tablespace
        UNION ALL
        SELECT 'parameter', parname, 10, '', paracl, NULL FROM pg_parameter_acl
        UNION ALL
        SELECT 'future objects', format('%s %s', n.nspname, d.defaclobjtype), d.defaclrole, '', d.defaclacl, NULL
        FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
    )
    SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END, kind, name,
        column_name::text, a.privilege_type || CASE WHEN a.is_grantable THEN ' and pass it on' ELSE '' END
    FROM object, aclexplode(acl) AS a WHERE a.grantee <> owner AND NOT EXISTS (
        SELECT FROM aclexplode(initial) AS i
        WHERE i.grantee = a.grantee AND i.privilege_type = a.privilege_type AND i.is_grantable = a.is_grantable
    )
    ORDER BY 1, 2, 3, 4, 5
"""
_ROLES = """
    SELECT r.rolname::text,
        array_remove(ARRAY[
            CASE WHEN rolsuper THEN 'superuser' END, CASE WHEN rolbypassrls THEN 'bypasses policies' END,
            CASE WHEN rolcreatedb THEN 'creates databases' END, CASE WHEN rolcreaterole THEN 'creates roles' END,
            CASE WHEN rolreplication THEN 'replicates' END, CASE WHEN rolinherit THEN 'inherits' END], NULL),
        ARRAY(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1),
        ARRAY(SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_shdepend d
              LEFT JOIN pg_database b ON b.oid = d.dbid
              WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.deptype = 'o'
                AND (d.dbid = 0 OR b.datname = current_database()) ORDER BY 1)
    FROM pg_roles r WHERE r.rolname LIKE 'bellhop\\_%' ORDER BY 1
"""
_PRESETS = """
    SELECT coalesce(r.rolname::text, 'PUBLIC'), unnest(s.setconfig)
    FROM pg_db_role_setting s
        LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
    WHERE d.datname IN ($1, current_database()) OR (d.datname IS NULL AND r.rolname LIKE 'bellhop\\_%')
"""
_RULES = f"""
    SELECT {_NAME}, w.rulename::text FROM {_RELATION} JOIN pg_rewrite w ON w.ev_class = c.oid
    WHERE {_OURS} AND w.rulename <> '_RETURN' ORDER BY 1, 2
"""
