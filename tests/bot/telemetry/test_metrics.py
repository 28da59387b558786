from __future__ import annotations

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from bot.messages import Platform
from bot.telemetry import metrics
from bot.telemetry.metrics import MessageOutcome, render_metrics

LABELS = {"platform", "outcome", "task", "operation", "pool", "queue", "verdict", "status", "le"}


def test_messages_are_counted_by_platform_and_outcome_when_they_are_told() -> None:
    metrics.messages.labels(Platform.telegram, MessageOutcome.sent).inc()
    assert b'bellhop_messages_total{outcome="sent",platform="telegram"}' in render_metrics()


def test_metrics_can_be_read_and_name_no_hotel_or_guest_when_they_are_rendered() -> None:
    families = list(text_string_to_metric_families(render_metrics().decode()))
    assert len(families) >= 11
    assert all(family.name.startswith("bellhop_") for family in families)
    assert {label for family in families for sample in family.samples for label in sample.labels} <= LABELS


def test_the_libraries_own_registry_stays_untouched_when_ours_is_used() -> None:
    assert not [family for family in REGISTRY.collect() if family.name.startswith("bellhop")]
