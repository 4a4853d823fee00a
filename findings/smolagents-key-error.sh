#!/usr/bin/env bash
# In code that smolagents runs, `except KeyError` catches no missing key, `except IndexError` no missing item, `except NameError` nothing.
#
# Version:    smolagents 1.26.0; CPython 3.11
# Guess:      none was written down for errors of subscripts; taken for granted while other constructs were compared (guess there:
#             "LocalPythonExecutor equals Python for ... raise from, with, try-finally ... all but match")
# Behaviour:  d[k], a[i], del and a name that is not there raise InterpreterError, a ValueError, in the place of what Python raises: the
#             handler that models write most often is passed over and the whole step fails, with a message that names KeyError.
#             `except ValueError` catches it, so that a guard for int(...) hides a missing key. What the objects raise themselves
#             (d.pop, int, 1 / 0) is as in Python. Tell the model to use d.get() and `in`
# Seen:       2026-11-29
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv" && "$folder/venv/bin/pip" install --quiet smolagents==1.26.0 || exit 2
"$folder/venv/bin/python" - <<'PROGRAM' >"$folder/seen" 2>"$folder/log" || { cat "$folder/log" >&2; exit 2; }
from smolagents.local_python_executor import LocalPythonExecutor

for expression, error in [
    ("{}['kelp']", "KeyError"),
    ("[][0]", "IndexError"),
    ("kelp", "NameError"),
    ("{}['kelp']", "LookupError"),
    ("{}['kelp']", "ValueError"),
    ("{}.pop('kelp')", "KeyError"),
    ("int('kelp')", "ValueError"),
    ("1 / 0", "ZeroDivisionError"),
]:
    program = f"seen = 'nothing was raised'\ntry:\n    {expression}\nexcept {error}:\n    seen = 'caught'\nseen"
    executor = LocalPythonExecutor([])
    executor.send_tools({})
    try:
        seen = executor(program).output
    except Exception as failure:
        seen = "not caught: " + str(failure).split("due to: ")[1]
    print(f"{expression} and except {error}: {seen}")
PROGRAM
cat "$folder/seen"
diff - "$folder/seen" <<'OUTPUT' || { echo "It behaves otherwise now." >&2; exit 1; }
{}['kelp'] and except KeyError: not caught: InterpreterError: Could not index {} with 'kelp': KeyError: 'kelp'
[][0] and except IndexError: not caught: InterpreterError: Could not index [] with '0': IndexError: list index out of range
kelp and except NameError: not caught: InterpreterError: The variable `kelp` is not defined.
{}['kelp'] and except LookupError: not caught: InterpreterError: Could not index {} with 'kelp': KeyError: 'kelp'
{}['kelp'] and except ValueError: caught
{}.pop('kelp') and except KeyError: caught
int('kelp') and except ValueError: caught
1 / 0 and except ZeroDivisionError: caught
OUTPUT
