"""What must hold in every migrated database. A check returns its violations as sentences, none when all is well."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from tests.bot.storage import expected
from tests.bot.storage.catalogue import Catalogue, ForeignKey, Index, Policy, Relation

SERVING = {expected.APP, expected.RUNTIME, expected.DASHBOARD}


def tables_have_forced_policies(catalogue: Catalogue) -> list[str]:
    found = []
    for table in _tables(catalogue, except_for=expected.NO_POLICY):
        if not table.has_rls:
            found.append(f"{table.name} has no row level security")
        if not table.has_forced_rls:
            found.append(f"{table.name} does not bind its owner: row level security is not forced")
    return found


def tables_name_their_hotel(catalogue: Catalogue) -> list[str]:
    tables = _tables(catalogue, except_for=expected.NO_TENANT)
    return [f"{table.name} has no hotel_id that is always filled in" for table in tables if not table.has_hotel]


def policies_divide_the_hotels(catalogue: Catalogue) -> list[str]:
    policies = defaultdict(list)
    for policy in catalogue.policies:
        policies[policy.table].append(policy)
    found = []
    for table in _tables(catalogue, except_for={**expected.NO_POLICY, "public.companies": ""}):
        names = [policy.name for policy in policies[table.name]]
        if "hotel_isolation" not in names:
            found.append(f"{table.name} has no policy that divides the hotels")
    return found + [sentence for policy in catalogue.policies for sentence in _policy_faults(policy)]


def _policy_faults(policy: Policy) -> list[str]:
    where = f"policy {policy.name} of {policy.table}"
    if policy.name == "hotel_isolation":
        expression = f"({'id' if policy.table == 'public.hotels' else 'hotel_id'} = {expected.BOUND})"
        wanted = ("public", "ALL", expression)
    elif (policy.table, policy.name) in expected.EXTRA_POLICIES:
        wanted = expected.EXTRA_POLICIES[policy.table, policy.name]
    else:
        return [f"{where} is not on the list"]
    role, command, expression = wanted
    faults = []
    if policy.roles != (role,) or policy.command != command or not policy.is_permissive:
        faults.append(f"{where} is for {policy.command} by {', '.join(policy.roles)}")
    if {policy.using, policy.check} - {None} != {expression}:
        faults.append(f"{where} says {policy.using!r} and {policy.check!r}")
    return faults


def foreign_keys_carry_the_hotel(catalogue: Catalogue) -> list[str]:
    tenants = {table.name for table in _tables(catalogue) if table.name not in expected.NO_TENANT}
    return [
        f"{key.name} of {key.table} points to {key.target} without the hotel"
        for key in catalogue.foreign_keys
        if key.table in tenants
        and key.target in tenants
        and ("hotel_id", "hotel_id") not in zip(key.columns, key.target_columns, strict=True)
    ]


def unique_keys_carry_the_hotel(catalogue: Catalogue) -> list[str]:
    return [
        f"{index.name} makes {', '.join(index.columns)} unique over all hotels"
        for index in catalogue.indexes
        if index.is_unique and "hotel_id" not in index.columns and index.name not in expected.UNIQUE_WITHOUT_TENANT
    ]


def foreign_keys_are_enforced(catalogue: Catalogue) -> list[str]:
    return [f"{key.name} of {key.table} is not enforced" for key in catalogue.foreign_keys if not key.is_enforced]


def foreign_keys_have_indexes(catalogue: Catalogue) -> list[str]:
    indexes = defaultdict(list)
    for index in catalogue.indexes:
        indexes[index.table].append(index)
    return [
        f"{key.name} of {key.table} has no index that begins with {', '.join(key.columns)}"
        for key in catalogue.foreign_keys
        if not any(_serves(index, key) for index in indexes[key.table])
    ]


def _serves(index: Index, key: ForeignKey) -> bool:
    return index.is_whole and set(index.columns[: len(key.columns)]) == set(key.columns)


def views_use_their_readers_rights(catalogue: Catalogue) -> list[str]:
    truths = {f"security_invoker={word}" for word in ("true", "on", "1", "yes")}
    found = []
    for relation in catalogue.relations:
        if relation.kind == "m":
            found.append(f"{relation.name} is a materialised view: it keeps rows outside of every policy")
        if relation.kind == "v" and not truths & set(relation.options):
            found.append(f"{relation.name} is a view with its owner's rights")
    return found


def functions_are_known_and_pinned(catalogue: Catalogue) -> list[str]:
    found = []
    for function in catalogue.functions:
        if function.signature not in expected.FUNCTIONS:
            found.append(f"function {function.signature} is not on the list")
        if function.is_definer and function.signature not in expected.DEFINER_FUNCTIONS:
            found.append(f"function {function.signature} runs with its owner's rights and is not on the list")
        if function.is_definer and "search_path=pg_catalog, pg_temp" not in function.settings:
            found.append(f"function {function.signature} looks names up wherever its caller says")
    return found


def nobody_may_more_than_listed(catalogue: Catalogue) -> list[str]:
    granted, wanted = set(catalogue.grants), expected.expected_grants()
    return [str(grant) for grant in granted - wanted] + [f"missing: {grant}" for grant in wanted - granted]


def serving_roles_are_powerless(catalogue: Catalogue) -> list[str]:
    roles = {role.name: role for role in catalogue.roles}
    found = [f"{name} is missing" for name in SERVING - roles.keys()]
    for name in SERVING & roles.keys():
        found += [f"{name}: {attribute}" for attribute in roles[name].attributes]
        found += [f"{name} is a member of {group}" for group in roles[name].member_of]
        found += [f"{name} owns {thing}" for thing in roles[name].owns]
    return found


def sessions_begin_without_presets(catalogue: Catalogue) -> list[str]:
    """A hotel, a role or a search path that is there before anything is bound would be everybody's."""
    return [f"{preset.role} begins with {preset.setting}" for preset in catalogue.presets]


def statements_are_not_rewritten(catalogue: Catalogue) -> list[str]:
    return [f"rule {rule.name} of {rule.table} runs with its owner's rights" for rule in catalogue.rules]


def times_have_zones(catalogue: Catalogue) -> list[str]:
    zoneless = {"timestamp without time zone", "time without time zone"}
    return [
        f"{column.table}.{column.name} is {column.type}" for column in catalogue.columns if column.type in zoneless
    ]


def words_are_lower_case(catalogue: Catalogue) -> list[str]:
    return [
        f"{check.name} of {check.table} allows {word}"
        for check in catalogue.checks
        for word in re.findall(r"'([^']*)'::", check.definition)
        if word != word.lower()
    ]


CHECKS: tuple[Callable[[Catalogue], list[str]], ...] = (
    tables_have_forced_policies,
    tables_name_their_hotel,
    policies_divide_the_hotels,
    foreign_keys_carry_the_hotel,
    unique_keys_carry_the_hotel,
    foreign_keys_are_enforced,
    foreign_keys_have_indexes,
    views_use_their_readers_rights,
    functions_are_known_and_pinned,
    nobody_may_more_than_listed,
    serving_roles_are_powerless,
    sessions_begin_without_presets,
    statements_are_not_rewritten,
    times_have_zones,
    words_are_lower_case,
)


def violations(catalogue: Catalogue) -> list[str]:
    """Return what every check has to say."""
    return [sentence for check in CHECKS for sentence in check(catalogue)]


def _tables(catalogue: Catalogue, except_for: Iterable[str] = ()) -> list[Relation]:
    return [table for table in catalogue.relations if table.is_table and table.name not in set(except_for)]
