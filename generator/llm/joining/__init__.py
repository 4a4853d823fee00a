"""Parts of an interrupted answer become one: pure functions on text.

Read `seam` first (the one rule: only what is proven goes on in mid-sentence), then `blocks` (what
Markdown a text is in the middle of), `repeats` (what is said again) and `remarks` (what is said
beside the report; the phrases are in `generator/llm/phrases.py`).
"""
