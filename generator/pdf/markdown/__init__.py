"""What a text says: Markdown as models write it, made into tokens.

Read `parse` first (the parser and its rules), then the rules: `front_matter`, `lines`, `tables`,
`emphasis`, `dollars`, `html`, `marks`, `notes`, and what they find out about a text: `titles`,
`references`, `citations`, `language`. `highlight` colours code, `wording` has the words around.
"""
