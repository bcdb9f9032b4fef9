"""Prometheus metrics, all named here. None of them tells a choice or a partial total."""

import os

from prometheus_client import Counter, Gauge, Histogram, values

from services.kit.counting_file import CountingFile

if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
    vars(values)["MmapedDict"] = CountingFile
    # Workers do not fork after this: asking for the process id at every count would cost a system call each time.
    _process = os.getpid()
    values.ValueClass = values.MultiProcessValue(lambda: _process)

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5)

requests = Counter("plenary_requests", "HTTP requests by route and status.", ["route", "status"])
request_seconds = Counter("plenary_request_seconds", "Time spent answering, in all, by route.", ["route"])
ballots = Counter(
    "plenary_ballots", "Ballots by outcome (accepted, repeated, or a refusal's code).", ["outcome"]
)
batch_size = Histogram(
    "plenary_batch_ballots", "Ballots per commit.", buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500)
)
verify_seconds = Histogram(
    "plenary_verify_seconds", "Time to read and verify a slice of at most eight ballots.", buckets=_FAST
)
commit_seconds = Histogram("plenary_commit_seconds", "Time to commit one batch of ballots.", buckets=_FAST)
floor_acts = Counter(
    "plenary_floor_acts",
    "Acts on the floor by outcome (accepted, repeated, or a refusal's code).",
    ["outcome"],
)
floor_batch = Histogram(
    "plenary_floor_batch_acts", "Acts per commit.", buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500)
)
floor_commit_seconds = Histogram(
    "plenary_floor_commit_seconds", "Time to decide and commit one batch of acts.", buckets=_FAST
)
clock_alarms = Counter(
    "plenary_clock_alarms",
    "Ledgers whose time stands because the database's clock is behind it, seen by a worker.",
    ["service"],
)
count_alarms = Counter("plenary_count_alarms", "Polls whose two counts differ: nothing is declared.")
stream_lag = Gauge("plenary_stream_lag_entries", "Committed entries not yet on the stream.", ["service"])
publish_failures = Counter("plenary_publish_failures", "Tries to publish that failed.", ["service"])
consumed = Counter("plenary_consumed_messages", "Stream messages handled, by consumer.", ["consumer"])
consume_failures = Counter("plenary_consume_failures", "Stream messages whose handling failed.", ["consumer"])
enrolments = Counter(
    "plenary_enrolments", "Enrolments by outcome (enrolled, or a refusal's code).", ["outcome"]
)
token_refusals = Counter(
    "plenary_token_refusals", "Times that a token with a key of ours (PKCS#11) did not do what it was asked."
)
webhooks = Counter("plenary_webhooks", "Tries to send a webhook, by outcome (taken, failed).", ["outcome"])
live_connections = Gauge("plenary_live_connections", "Screens connected now.", multiprocess_mode="livesum")
live_cut_off = Counter("plenary_live_cut_off", "Screens cut off because they read too slowly.")
last_backup = Gauge(
    "plenary_backup_last_timestamp_seconds",
    "When the last whole backup of this house was made (Unix time); 0: never.",
    multiprocess_mode="livemax",
)
last_proven_backup = Gauge(
    "plenary_backup_proven_timestamp_seconds",
    "When a backup of this house was last restored with nothing wrong (Unix time); 0: never.",
    multiprocess_mode="livemax",
)
failed_backup = Gauge(
    "plenary_backup_failed_timestamp_seconds",
    "When the last try to back up this house failed (Unix time); 0: it did not.",
    multiprocess_mode="livemax",
)
papers = Counter("plenary_papers", "Sealed papers issued, by kind (certificate, record).", ["paper"])
paper_seconds = Histogram(
    "plenary_paper_seconds",
    "From result or record received to paper stored, by kind.",
    ["paper"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30),
)
