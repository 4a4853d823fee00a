"""Speed and memory of the PDFs, for a person to look at; it judges nothing.

uv run tests/bench.py pdf --baseline ../shared/baseline
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent

SECTIONS = (22, 112, 674)  # 10, 50 and 300 pages
SECTION = """## {n}. What the evidence says

Durable execution means that a program **runs to completion** even when the process, the machine or
the network under it fails in the middle. The *state* of every step is recorded before the next one
starts, and a new worker replays the record. See [the documentation](https://docs.temporal.io/{n}).

Costs fell from 12.4 to 9.8 cents a run between 2024 and 2026, while the share of runs that needed a
person fell by half. The difference is largest where a run takes hours: a crash in the last minute
used to cost everything before it, and now it costs the minute.

- The first attempt fails in 3.1% of the runs; `maximum_attempts` is not reached in any
- Retries wait 2, 6, 18 and 54 seconds
- A worker that was killed is replaced in {n} seconds

| Step | Attempts | Seconds |
|:-----|---------:|--------:|
| Research | 1.03 | 41.7 |
| Typesetting | 1.00 | 0.1 |
| Delivery | 1.21 | 2.4 |

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    pdf = commands.add_parser("pdf", help="report_pdf's speed and memory for 10, 50 and 300 pages")
    pdf.add_argument("--baseline", metavar="DIR", help="compare with create_pdf of another program")
    pdf.set_defaults(run=bench_pdf)
    child = commands.add_parser("pdf-child")  # one measurement, in a process of its own
    child.add_argument("sections", type=int)
    child.add_argument("program")
    child.set_defaults(run=measure_pdf)
    arguments = parser.parse_args()
    arguments.run(arguments)


# ---- pdf


def bench_pdf(arguments: argparse.Namespace) -> None:
    programs = [str(ROOT), *([arguments.baseline] if arguments.baseline else [])]
    times: dict[tuple[str, int], float] = {}
    print("program    pages     s  pages/s  ms/page  memory  growth  first page")
    for program in programs:
        name = "baseline" if program != str(ROOT) else "report_pdf"
        for sections in SECTIONS:
            result = child_pdf(sections, program)
            pages, seconds = result["pages"], result["seconds"]
            times[name, sections] = seconds
            print(
                f"{name:10} {pages:5} {seconds:5.2f} {pages / seconds:8.0f} "
                f"{1000 * seconds / pages:8.1f} {result['peak']:4.0f} MB "
                f"{result['growth']:4.0f} MB {1000 * result['first']:8.0f} ms"
            )
    if arguments.baseline:
        for sections in SECTIONS:
            ratio = times["report_pdf", sections] / times["baseline", sections]
            print(f"the same {sections} sections: {ratio:.1f} x the time of the baseline")


def child_pdf(sections: int, program: str) -> dict[str, float]:
    """The best of three processes, since the machine may have other things to do."""
    command = [sys.executable, __file__, "pdf-child", str(sections), program]
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # no download
    runs = [json.loads(subprocess.check_output(command, env=environment)) for _ in range(3)]
    return min(runs, key=lambda run: run["seconds"])


def measure_pdf(arguments: argparse.Namespace) -> None:
    sys.path.insert(0, arguments.program)
    sections = [SECTION.format(n=n) for n in range(arguments.sections)]
    render: Callable[[str], bytes] = baseline_render
    if Path(arguments.program).resolve() == ROOT:
        from generator.pdf import render
    else:
        import activities  # noqa: F401  (LiteLLM takes seconds, which are not create_pdf's)
    result: dict[str, float] = {}
    for name, text in (("first", sections[0]), ("seconds", "# Title\n\n" + "".join(sections))):
        before = memory()
        started = time.process_time()
        pdf = render(text)
        result[name] = time.process_time() - started
    unit = 2**20 if sys.platform == "darwin" else 1024
    result["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    result["growth"] = result["peak"] - before
    result["pages"] = len(re.findall(rb"/Type /Page\b", pdf))
    print(json.dumps(result))


def baseline_render(content: str) -> bytes:
    from activities import create_pdf
    from models import PDFGenerationInput

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.pdf")
        create_pdf(PDFGenerationInput(content, path))
        return Path(path).read_bytes()


def memory() -> float:
    """Megabytes in use now; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
    except FileNotFoundError:
        return 0


if __name__ == "__main__":
    main()
