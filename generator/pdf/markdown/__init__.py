"""What a text says: Markdown as models write it, made into tokens.

Read `parse` first (the parser and its rules), then the rules: `front_matter`, `bullets`, `lines`,
`headings`, `tables`, `definitions`, `elements` (blocks of HTML), `emphasis`, `dollars`, `links`,
`alerts`, `admonitions`, `html` (in a line), `marks`, `notes`, and what they find out about a text:
`titles`, `references`, `citations`, `language`. `highlight` colours code, `wording` has the words
around.
"""
