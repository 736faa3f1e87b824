"""Time ten thousand questions put together: `python -m tests.benchmarks.clustering`.

The questions are all the phrasings of the shipped answers, hardly two alike: no real pile of
unanswered ones has so little in common.
"""

import time

from knowledge.clustering import clustered
from knowledge.loader import shipped_knowledge
from knowledge.matcher import normaliser_of

COUNT = 10_000
ROUNDS = 5


def main() -> None:
    """Print the seconds of processor for each of the two steps, the best of some rounds."""
    base = shipped_knowledge()
    asked = [question for entry in base.entries.values() for question in entry.questions]
    asked = (asked * (COUNT // len(asked) + 1))[:COUNT]
    normalise = normaliser_of(base)
    begun = time.process_time()
    questions = [normalise(f"请问{question}") for question in asked]
    print(f"normalised {COUNT}: {time.process_time() - begun:.2f} s")  # noqa: T201
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        found = clustered(questions)
        taken.append(time.process_time() - begun)
    print(f"clustered into {len(found)}: {min(taken):.2f} s")  # noqa: T201


if __name__ == "__main__":
    main()
