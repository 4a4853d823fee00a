#!/usr/bin/env bash
# smolagents runs a model's code as a Python in which decorators do nothing, `else` of a loop is never reached and a function returns
# its last expression.
#
# Version:    smolagents 1.26.0; CPython 3.11
# Guess:      LocalPythonExecutor equals Python for for-else, decorators, default arguments, properties, calls with wrong arguments and
#             functions without return (a list of 25 constructs was written down); all but `match`
# Behaviour:  what it does not know at all (nonlocal, walrus, yield in a class) is an error that the model can read. These are no errors:
#             they give another value. A decorator (a cache, a retry) is dropped, a default is computed anew at each call, with what its
#             names mean by then, a property is a method, surplus and missing arguments are passed over, and **kwargs holds named ones,
#             too. A search loop with "else: not found" never says so. The agent reports such a value as computed, with nothing in the
#             log: where figures matter, have them computed by a Python that runs apart
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet smolagents==1.26.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
import ast

from smolagents.local_python_executor import LocalPythonExecutor

PROGRAMS = {
    "else of a loop": "found = []\nfor n in [1, 2]:\n    if n > 5:\n        break\nelse:\n    found.append('none')\nfound",
    "decorator": "def twice(f):\n    def inner(x):\n        return 2 * f(x)\n    return inner\n@twice\ndef grow(x):\n    return x\ngrow(30)",
    "no return": "def grow(x):\n    x + 1\ngrow(1)",
    "default, kept": "def add(x, to=[]):\n    to.append(x)\n    return len(to)\n(add(1), add(2))",
    "default, computed": "rate = 2\ndef grow(x, by=rate):\n    return x * by\nrate = 9\ngrow(1)",
    "property": "class Kelp:\n    @property\n    def cm(self):\n        return 60\nisinstance(Kelp().cm, int)",
    "surplus argument": "def grow(x):\n    return x\nseen = 'no error'\ntry:\n    grow(1, 2)\nexcept TypeError:\n    seen = 'TypeError'\nseen",
    "missing argument": "def grow(x, y):\n    return x\nseen = 'no error'\ntry:\n    grow(1)\nexcept TypeError:\n    seen = 'TypeError'\nseen",
    "named and **": "def f(a, b=1, **more):\n    return more\nf(1, b=2, c=3)",
    "if, for, try, closure": "def make(n):\n    def inner(x):\n        return x + n\n    return inner\nmake(1)(2)",
}


def python(program):
    tree = ast.parse(program)
    last, names = tree.body.pop(), {}
    exec(compile(tree, "program", "exec"), names)
    return eval(compile(ast.Expression(last.value), "program", "eval"), names)


for what, program in PROGRAMS.items():
    executor = LocalPythonExecutor([])
    executor.send_tools({})
    print(f"{what}: Python {python(program)!r}, smolagents {executor(program).output!r}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
else of a loop: Python ['none'], smolagents []
decorator: Python 60, smolagents 30
no return: Python None, smolagents 2
default, kept: Python (1, 2), smolagents (1, 1)
default, computed: Python 2, smolagents 9
property: Python True, smolagents False
surplus argument: Python 'TypeError', smolagents 'no error'
missing argument: Python 'TypeError', smolagents 'no error'
named and **: Python {'c': 3}, smolagents {'b': 2, 'c': 3}
if, for, try, closure: Python 3, smolagents 3
OUTPUT
