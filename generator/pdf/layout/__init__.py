"""Blocks and pages: where everything stands.

Read `blocks` first (a method for each kind of token), then `story` (where each block stands),
`inline` (runs of text), `flow` (what a block is), `table`, `equation` and `picture`, and `pages`
(where one page ends).
"""
