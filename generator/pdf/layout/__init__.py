"""Blocks and pages: where everything stands.

Read `blocks` first (a method for each kind of token), then `inline` (runs of text), `flow` (blocks
one below the other), `table`, `equation` and `picture`, and `pages` (where one page ends).
"""
