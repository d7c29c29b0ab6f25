"""What the services count, for `/metrics`. docs/operations.md lists every name."""

from __future__ import annotations

from collections import Counter as count
from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

from hub.services.judge_pings import Outcome

PINGS = Counter("hub_pings", "Pings by verdict and reasons", ["verdict", "reasons"])
COMMIT_PINGS = Histogram(
    "hub_commit_pings", "Pings in one group commit", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 3000)
)
STORE_FAILURES = Counter("hub_store_failures", "Commits of pings that failed and were tried again")
ROUTES = Counter("hub_routes", "Routes asked for, by source", ["source"])
MQTT_MESSAGES = Counter("hub_mqtt_messages", "Messages from the MQTT broker, by what became of them", ["result"])
MQTT_CONNECTED = Gauge("hub_mqtt_connected", "Whether the MQTT broker is connected")
WATCHERS = Gauge("hub_watchers", "Open live maps")
FLEET_WATCHERS = Gauge("hub_fleet_watchers", "Open fleet feeds")
DEVICES = Gauge("hub_devices", "Open device sockets")
MAILS = Gauge("hub_mails", "Mails over all workers since the store was set up, by result", ["result"])
MAILS_WAITING = Gauge("hub_mails_waiting", "Messages of the outbox that wait to be mailed")
MAILS_OLDEST_S = Gauge("hub_mails_oldest_seconds", "Age of the oldest message that waits")
UPKEEP = Gauge("hub_upkeep", "What upkeep did over all workers since the store was set up", ["what"])
UPKEEP_AGE_S = Gauge("hub_upkeep_age_seconds", "Time since each chore of upkeep was last done", ["chore"])
ARRIVAL_SCORE = Gauge(
    "hub_arrival_score", "How good told arrivals were, by figure", ["portal", "technician", "days", "figure"]
)
ARRIVAL_TRIPS = Gauge("hub_arrival_trips", "Trips whose arrivals were graded", ["portal", "technician", "days"])
UNRECORDED = Gauge("hub_unrecorded_commits", "Commits in the ping stream that no recorder has recorded yet")


def count_outcomes(outcomes: Iterable[Outcome]) -> None:
    """Count what became of pings."""
    for outcome, number in count(outcomes).items():
        PINGS.labels(outcome.verdict.value, ",".join(outcome.reasons)).inc(number)
