"""Living with Temporal and with the process.

Read `temporal` first (connection and Worker), then `heartbeat` (an attempt's work, and the ways in
which it can end), `runs` and `record` (what the Service knows of a run), `conversion` (payloads and
failures as bytes), `encryption` and `codec_server` (PAYLOAD_KEYS). `stopping`, `streams`,
`threads`, `log`, `activity_log` and `metrics` are what a process does beside.
"""
