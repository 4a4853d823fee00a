"""Pages of the web, read with care: strangers made them, and a model chose them.

Read in this order: `guard` (which addresses may be connected to), `fetch` (one page, and what
its server sends: `body`), `robots` (what its owner wants, asked `once`), `extract` (its text, taken
`apart` in a process of its own), `walls` (pages that are none), `read` (the Activity `read_page`).
"""
