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
    owner: str
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
    """`columns` are the key's columns, an expression where it is none; `is_whole` unless it is partial."""

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
    owner: str
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
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Row = TypeVar("Row")

_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_NAME = "format('%s.%s', n.nspname, c.relname)"
_RELATION = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"

_RELATIONS = f"""
    SELECT {_NAME}, c.relkind::text, pg_get_userbyid(c.relowner)::text, c.relispartition, c.relrowsecurity,
        c.relforcerowsecurity,
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
        i.indisunique, i.indpred IS NULL
    FROM {_RELATION} JOIN pg_index i ON i.indrelid = c.oid WHERE {_OURS} ORDER BY 1, 2
"""
_KEY = """
    ARRAY(SELECT a.attname::text FROM unnest({}) WITH ORDINALITY AS k (number, place)
          JOIN pg_attribute a ON a.attrelid = {} AND a.attnum = k.number ORDER BY place)
"""
_FOREIGN_KEYS = f"""
    SELECT {_NAME}, o.conname::text, {_KEY.format("o.conkey", "o.conrelid")}, o.confrelid::regclass::text,
        {_KEY.format("o.confkey", "o.confrelid")}
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
    SELECT p.oid::regprocedure::text, pg_get_userbyid(p.proowner)::text, p.prosecdef, coalesce(p.proconfig, '{{}}')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_OURS} ORDER BY 1
"""
# What an owner may do with its own objects is left out: nobody serves as the owner.
_GRANTS = f"""
    WITH object AS (
        SELECT 'table' AS kind, {_NAME} AS name, c.relowner AS owner, '' AS column_name,
            coalesce(c.relacl, acldefault('r', c.relowner)) AS acl
        FROM {_RELATION} WHERE {_OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        UNION ALL
        SELECT 'sequence', {_NAME}, c.relowner, '', coalesce(c.relacl, acldefault('s', c.relowner))
        FROM {_RELATION} WHERE {_OURS} AND c.relkind = 'S'
        UNION ALL
        SELECT 'table', {_NAME}, c.relowner, a.attname, a.attacl
        FROM {_RELATION} JOIN pg_attribute a ON a.attrelid = c.oid WHERE {_OURS} AND a.attacl IS NOT NULL
        UNION ALL
        SELECT 'function', p.oid::regprocedure::text, p.proowner, '', coalesce(p.proacl, acldefault('f', p.proowner))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_OURS}
        UNION ALL
        SELECT 'schema', n.nspname, n.nspowner, '', coalesce(n.nspacl, acldefault('n', n.nspowner))
        FROM pg_namespace n WHERE {_OURS}
        UNION ALL
        SELECT 'database', '', datdba, '', coalesce(datacl, acldefault('d', datdba))
        FROM pg_database WHERE datname = $1
        UNION ALL
        SELECT 'future objects', format('%s %s', n.nspname, d.defaclobjtype), d.defaclrole, '', d.defaclacl
        FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
    )
    SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END, kind, name,
        column_name::text, a.privilege_type || CASE WHEN a.is_grantable THEN ' and pass it on' ELSE '' END
    FROM object, aclexplode(acl) AS a WHERE a.grantee <> owner ORDER BY 1, 2, 3, 4, 5
"""
_ROLES = """
    SELECT r.rolname::text,
        array_remove(ARRAY[
            CASE WHEN rolsuper THEN 'superuser' END, CASE WHEN rolbypassrls THEN 'bypasses policies' END,
            CASE WHEN rolcreatedb THEN 'creates databases' END, CASE WHEN rolcreaterole THEN 'creates roles' END,
            CASE WHEN rolreplication THEN 'replicates' END, CASE WHEN rolinherit THEN 'inherits' END], NULL),
        ARRAY(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1)
    FROM pg_roles r WHERE r.rolname LIKE 'bellhop\\_%' ORDER BY 1
"""
