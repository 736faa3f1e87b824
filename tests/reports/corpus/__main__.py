"""`python -m tests.reports.corpus FOLDER`: write the files out, to look at or to try by hand."""

import sys
from pathlib import Path

from tests.reports.corpus.good import GOOD
from tests.reports.corpus.importing import written
from tests.reports.corpus.nasty import NASTY

__all__: list[str] = []


def main(folder: Path) -> None:
    """Write all good files into one folder and all nasty ones into another."""
    for name, cases in (("good", GOOD), ("nasty", NASTY)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for case in cases:
            written(folder / name, case.file_name, case.content())
    sys.stdout.write(f"{len(GOOD)} good and {len(NASTY)} nasty files in {folder}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.reports.corpus FOLDER")
    main(Path(sys.argv[1]))
