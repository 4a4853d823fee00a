"""Speed and memory of the PDFs, for a person to look at; it judges nothing.

uv run tests/bench.py pdf --baseline ../shared/baseline
uv run tests/bench.py against ../old ../shared/data/real-reports.jsonl.gz
"""

import argparse
import gzip
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

from bench_llm import bench_llm

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
    llm = commands.add_parser("llm", help="what an answer costs the worker, beside other programs")
    llm.add_argument("--against", metavar="DIR", help="a checkout of the commit to compare with")
    llm.add_argument("--baseline", metavar="DIR", help="the tutorial's program")
    llm.set_defaults(run=bench_llm)
    child = commands.add_parser("pdf-child")  # one measurement, in a process of its own
    child.add_argument("sections", type=int)
    child.add_argument("program")
    child.set_defaults(run=measure_pdf)
    against = commands.add_parser(
        "against", help="the PDFs of real reports, beside those of another checkout, in turns"
    )
    against.add_argument("other", help="the other checkout, with its .venv")
    against.add_argument("reports", help="a .jsonl.gz with an `article` a line")
    against.set_defaults(run=bench_against)
    turns = commands.add_parser("turns-child")
    turns.add_argument("program")
    turns.set_defaults(run=render_in_turns)
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


# ---- against


class Program:
    """Another process that renders what it is sent, and tells what it took."""

    def __init__(self, root: Path) -> None:
        python = root / ".venv/bin/python"
        command = [str(python) if python.exists() else sys.executable, __file__, "turns-child"]
        # Both with their modules compiled, where the first process of each leaves them.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": tempfile.gettempdir() + "/bench-pyc"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.process = subprocess.Popen(
            [*command, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def render(self, text: str) -> tuple[float, int, int]:
        """Seconds of CPU, pages, bytes."""
        assert self.process.stdin and self.process.stdout
        print(json.dumps(text), file=self.process.stdin, flush=True)
        seconds, pages, size = json.loads(self.process.stdout.readline())
        return seconds, pages, size

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def render_in_turns(arguments: argparse.Namespace) -> None:
    sys.path.insert(0, arguments.program)
    for line in sys.stdin:
        started = time.process_time()
        from generator.pdf import render

        pdf = render(json.loads(line))
        seconds = time.process_time() - started
        pages = len(re.findall(rb"/Type /Page\b", pdf))
        print(json.dumps([seconds, pages, len(pdf)]), flush=True)


def bench_against(arguments: argparse.Namespace) -> None:
    with gzip.open(arguments.reports, "rt", encoding="utf-8") as file:
        reports = [json.loads(line)["article"] for line in file]
    sections = (SECTION.format(n=n) for n in range(SECTIONS[-1]))
    long = "# Title\n\n" + "".join(sections)
    roots = [ROOT, Path(arguments.other).resolve()]
    shares: dict[str, list[list[tuple[float, int, int]]]] = {}

    def measure(name: str, programs: list[Program], text: str) -> None:
        found = shares.setdefault(name, [[], []])
        # Whatever else the machine does, it does to both.
        order = (0, 1) if len(found[0]) % 2 else (1, 0)
        for which in order:
            found[which].append(programs[which].render(text))

    for _ in range(6):
        programs = [Program(root) for root in roots]
        measure("first page of a process", programs, SECTION.format(n=1))
        for program in programs:
            program.end()
    for measured in shares["first page of a process"]:
        del measured[0]  # it compiled the modules
    programs = [Program(root) for root in roots]
    for text in reports:
        chinese = len(re.findall("[\u4e00-\u9fff]", text)) > len(text) / 5
        measure("Chinese" if chinese else "English", programs, text)
    shares["all reports"] = [
        [*shares["Chinese"][which], *shares["English"][which]] for which in (0, 1)
    ]
    for _ in range(3):
        measure("300 pages", programs, long)
    for program in programs:
        program.end()
    print(f"{'':25}    ms a page, other, ratio   bytes a page, other, ratio")
    for name, (ours, theirs) in shares.items():
        milliseconds = [
            1000 * sum(r[0] for r in rs) / sum(r[1] for r in rs) for rs in (ours, theirs)
        ]
        sizes = [sum(r[2] for r in rs) / sum(r[1] for r in rs) for rs in (ours, theirs)]
        print(
            f"{name:25} {milliseconds[0]:12.2f} {milliseconds[1]:6.2f} "
            f"{milliseconds[0] / milliseconds[1]:6.2f} {sizes[0]:14.0f} {sizes[1]:6.0f} "
            f"{sizes[0] / sizes[1]:6.2f}"
        )


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
