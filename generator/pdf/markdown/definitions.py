"""Definition lists, as Pandoc and PHP Markdown Extra have them.

Term
: What it means
"""

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.deflist import deflist_plugin


def definitions_plugin(parser: MarkdownIt) -> None:
    """The plugin takes `~` for a mark, too, which is "about" at the start of a line."""
    parser.use(deflist_plugin)
    rules = parser.block.ruler
    read = rules.__rules__[rules.__find__("deflist")].fn

    def definitions(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        line = start if silent else start + 1
        line += not silent and line < end and state.isEmpty(line)
        at = state.bMarks[line] + state.tShift[line] if line < end else len(state.src)
        return state.src[at : at + 1] == ":" and bool(read(state, start, end, silent))

    rules.at("deflist", definitions, {"alt": ["paragraph", "reference", "blockquote"]})
