"""Letters: from characters to glyphs that stand in lines.

Read `look` first (styles), then `words` and `lines` (where a line may end, and where it does),
`shape` (characters to glyphs), `bidi` (from right to left), `fallback` and `fonts` (which font has
a letter), `foreign` (letters that none has), `formulas`, and `embed` with `outlines` (what of a
font goes into a file).
"""
