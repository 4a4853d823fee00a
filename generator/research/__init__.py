"""A long report, section by section: what is searched for, read, written, checked and spent.

Read `deep` first (the order of things), then `steps` (its Activities), `reading` (which pages are
opened), `paid_calls` (limits and sums), `gaps` (what is missing) and `progress` (what is told).
Behind the Activities stand `search` (with `search_providers`, `search_wire`, `search_errors`),
`pages/` (pages of strangers), `documents` (the worker's own), `passages` (what of them a writer is
given) and `price`. `sources/` has what is done to the text: outline, references, figures, assembly.
"""
