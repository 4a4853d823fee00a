"""What the five modules on top stand on: a room for each concern. Arrows point downwards only.

| room | its one job |
| --- | --- |
| `terminal/` | what the person sees while a run is on, and how they decide |
| `research/` | a long report: steps, search, pages, documents, references, figures, what it costs |
| `llm/` | one answer of any model of any provider |
| `delivery/` | the report's files and mails |
| `running/` | living with Temporal and the process: connection, heartbeats, logs, records |
| `pdf/` | Markdown in, PDF bytes out |
| `demo/` | the bundled sample |

Small doors that many rooms use: `settings`, `failures` (what holds a run), `received` (what people
send to one), `results` (what Activities bring), `wording` (what people read of a run), `harmless`
(for a terminal), `packing`, `collector`. `readiness` checks a worker's settings, `local` is
`--local` and `--demo`.
"""
