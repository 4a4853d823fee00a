"""What the tests, the fault tests and the benchmarks share.

`settings` (keys, topic, a worker's environment), `programs` (processes, and waiting), `terminal` (a
person at one), `temporal` (servers), `runs` (steering a run, and what has become of it),
`stand_ins` (Activities that end as a test says), `llm_server` and `llm` (ways of answering),
`real_model` (a small one, in a server that others use, too), `mail`, `pdf`.
"""

import os
import re

# A developer's own key, mail server and Temporal must have no part in the tests.
for name in list(os.environ):
    if re.match(
        "(LLM|SEARCH|MAX|SMTP|EMAIL|TEMPORAL|SIMULATE|REPORTS|PDF|DOCUMENTS|READ|PAYLOAD|METRICS)_|.*_API_KEY$",
        name,
    ):
        del os.environ[name]
os.environ["PYTHON_DOTENV_DISABLED"] = "1"
