"""What is counted. Labels come from our own enums and words, never from a hotel or a guest."""

from __future__ import annotations

from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class MessageOutcome(StrEnum):
    """Where a message got to."""

    accepted = "accepted"
    handled = "handled"
    sent = "sent"
    failed = "failed"
    in_doubt = "in_doubt"
    quarantined = "quarantined"


class ModelOutcome(StrEnum):
    """What came of a question for the remote model. All but the first leave it to the embedded one."""

    answered = "answered"
    crowded = "crowded"
    paused = "paused"
    spent = "spent"
    failed = "failed"
    refused = "refused"
    unusable = "unusable"
    given_up = "given_up"


registry = CollectorRegistry()

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_NETWORK = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

messages = Counter(
    "bellhop_messages", "Messages by platform and outcome.", ("platform", "outcome"), registry=registry
)
step_seconds = Histogram(
    "bellhop_step_seconds", "Time of one step: load, think, save.", ("platform",), buckets=_FAST, registry=registry
)
send_seconds = Histogram(
    "bellhop_send_seconds", "Time of one call that sends.", ("platform",), buckets=_NETWORK, registry=registry
)
query_seconds = Histogram(
    "bellhop_query_seconds", "Time of one database statement.", ("operation",), buckets=_FAST, registry=registry
)
slow_queries = Counter(
    "bellhop_slow_queries", "Statements slower than the setting.", ("operation",), registry=registry
)
pool_in_use = Gauge("bellhop_pool_in_use", "Database connections in use.", ("pool",), registry=registry)
pool_size = Gauge("bellhop_pool_size", "Database connections kept.", ("pool",), registry=registry)
oldest_unclaimed_seconds = Gauge(
    "bellhop_oldest_unclaimed_seconds", "Age of the oldest row nobody works on.", ("queue",), registry=registry
)
firings = Counter("bellhop_firings", "Trigger firings by verdict.", ("verdict",), registry=registry)
notifications = Counter("bellhop_notifications", "Staff notifications by status.", ("status",), registry=registry)
model_calls = Counter(
    "bellhop_model_calls", "Questions for the remote model by outcome.", ("task", "outcome"), registry=registry
)
model_tokens = Counter("bellhop_model_tokens", "Tokens that the remote model counted.", registry=registry)
model_seconds = Histogram(
    "bellhop_model_seconds", "Time of one call of the remote model.", buckets=_NETWORK, registry=registry
)
logged_errors = Counter("bellhop_logged_errors", "Log lines of level error and above.", registry=registry)


def render_metrics() -> bytes:
    """Return all metrics in Prometheus text format."""
    return generate_latest(registry)
