"""Every way into another hotel's rows that can be made for any table, each with what has to come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Executable, Table, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from tests.bot.storage.twins import Twin, unique_keys


class Outcome(StrEnum):
    """What the attacker gets: own rows at most, no row at all, or an error of this SQLSTATE."""

    own = "own rows"
    nothing = "no row"
    denied = "42501"
    no_such_row = "23503"


@dataclass(frozen=True, slots=True)
class Attack:
    """`right` is the privilege that the statement needs; a role without it is denied before anything else."""

    name: str
    right: str
    statement: Executable
    outcome: Outcome


Make = Callable[[Table, Twin, Twin], Iterator[Attack]]


def tenant_column(table: Table) -> ColumnElement[Any]:
    """Return the column that holds the hotel's id."""
    column: ColumnElement[Any] = table.c.id if table.name == "hotels" else table.c.hotel_id
    return column


def reads(table: Table, mine: Twin, theirs: Twin) -> Iterator[Attack]:
    tenant, other = tenant_column(table), table.alias("other")
    other_tenant = other.c[tenant.key or ""]
    is_theirs = tenant == theirs.hotel_id
    statements: dict[str, tuple[Executable, Outcome]] = {
        "select everything": (select(table), Outcome.own),
        "select as text": (text(f"SELECT row::text, to_jsonb(row) FROM {table.fullname} AS row"), Outcome.own),
        "select theirs": (select(table).where(is_theirs), Outcome.nothing),
        "select all but mine": (select(table).where(tenant != mine.hotel_id), Outcome.nothing),
        "join": (select(other).join(table, tenant != other_tenant), Outcome.nothing),
        "ask whether": (select(text("1")).where(select(tenant).where(is_theirs).exists()), Outcome.nothing),
        "union": (select(tenant).where(is_theirs).union_all(select(tenant).where(is_theirs)), Outcome.nothing),
    }
    for name, (statement, outcome) in statements.items():
        yield Attack(name, "SELECT", statement, outcome)
    yield Attack("lock theirs", "UPDATE", select(table).where(is_theirs).with_for_update(), Outcome.nothing)


def changes(table: Table, mine: Twin, theirs: Twin) -> Iterator[Attack]:
    tenant = tenant_column(table)
    name = tenant.key or ""
    is_theirs = tenant == theirs.hotel_id
    column = list(table.columns)[-1]
    touched = update(table).values({column.name: column})
    yield Attack("update theirs", "UPDATE", touched.where(is_theirs).returning(*table.columns), Outcome.nothing)
    yield Attack("update everything", "UPDATE", touched.returning(*table.columns), Outcome.own)
    yield Attack("give mine away", "UPDATE", update(table).values({name: theirs.hotel_id}), Outcome.denied)
    taken = update(table).where(is_theirs).values({name: mine.hotel_id})
    yield Attack("take theirs", "UPDATE", taken, Outcome.nothing)
    yield Attack("delete theirs", "DELETE", delete(table).where(is_theirs).returning(*table.columns), Outcome.nothing)
    yield Attack("delete everything", "DELETE", delete(table).returning(*table.columns), Outcome.own)
    merge = f"MERGE INTO {table.fullname} AS row USING (VALUES (1)) AS one ON row.{name} = '{theirs.hotel_id}'"
    yield Attack(
        "merge", "UPDATE", text(f"{merge} WHEN MATCHED THEN UPDATE SET {name} = row.{name}"), Outcome.nothing
    )
    yield Attack("truncate", "TRUNCATE", text(f"TRUNCATE {table.fullname} CASCADE"), Outcome.denied)


def additions(table: Table, mine: Twin, theirs: Twin) -> Iterator[Attack]:
    columns = [column for column in table.columns if column.identity is None]
    key = list(table.primary_key.columns)
    stored = {column.name: theirs.rows[table.fullname][column.name] for column in columns}
    again = insert(table).values(stored)
    yield Attack("insert for them", "INSERT", insert(table).values(theirs.new_row(table)), Outcome.denied)
    yield Attack("insert theirs again", "INSERT", again, Outcome.denied)
    yield Attack("insert or do nothing", "INSERT", again.on_conflict_do_nothing(), Outcome.denied)
    upsert = again.on_conflict_do_update(index_elements=key, set_={key[0].name: key[0]})
    yield Attack("insert or update", "UPDATE", upsert, Outcome.denied)
    copied = insert(table).from_select(columns, select(*columns).where(tenant_column(table) == theirs.hotel_id))
    yield Attack("insert from theirs", "INSERT", copied, Outcome.nothing)


def pointers(table: Table, mine: Twin, theirs: Twin) -> Iterator[Attack]:
    """Rows of mine that refer to theirs, by every foreign key."""
    only_primary = len(unique_keys(table)) == 1 and not any(index.unique for index in table.indexes)
    for key in table.foreign_keys:
        target, column = key.column.table.fullname, key.parent
        if key.column.name != "id" or target not in theirs.rows or target in {"hotels", "companies"}:
            continue
        pointer = {column.name: theirs.rows[target]["id"]}
        by_name = f"point to their {target} by {column.name}"
        yield Attack(by_name, "UPDATE", update(table).values(pointer), Outcome.no_such_row)
        if only_primary:
            added = insert(table).values({**mine.new_row(table), **pointer})
            yield Attack(f"{by_name}, anew", "INSERT", added, Outcome.no_such_row)
