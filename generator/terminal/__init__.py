"""What the person sees while a run is on, and how they decide.

Read `follow` first (a run to its end), then `status` (watching it) and `lines` (what there is to
see of it), `review` (a decision on its draft), `outcome` (what came of it). `attach` joins a run,
`mailing` mails its report again, `listing` shows and finds runs; `prompts` asks, `screen` prints,
`usage` says which options make sense together.
"""
