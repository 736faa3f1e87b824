"""How many rows of a report one core reads a second, from cells to facts, and in how much memory.

    python -m tests.benchmarks.report_reading              1,000,000 rows
    python -m tests.benchmarks.report_reading --rows 50000

Processor time is measured, so a busy machine does not count against the code.
"""

import argparse
import resource
import sys
import tempfile
from pathlib import Path
from time import process_time

from settlement.reports import Report, RowError, read_report
from tests.benchmarks.taobao_rows import write_csv


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "淘宝订单.csv"
        write_csv(path, rows, changed=False)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = process_time()
        with path.open("rb") as file:
            report = read_report(file, path.name)
            assert isinstance(report, Report), report
            refused = sum(isinstance(item, RowError) for item in report.rows)
        seconds = process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    sys.stdout.write(
        f"{rows:,} rows in {seconds:.1f} s of one processor: {rows / seconds:,.0f} a second, "
        f"{seconds / rows * 1e6:.1f} µs each; {refused} refused; {grown:.1f} MB more\n"
    )


if __name__ == "__main__":
    main()
