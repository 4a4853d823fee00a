"""Parts of an interrupted answer become one: pure functions on text.

Read `seam` first (the one rule), then `blocks` (the Markdown that a text is in the middle of),
`repeats` (what is said again), `remarks` (what is said beside the report, by `llm/phrases.py`).
"""
