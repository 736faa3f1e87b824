"""Years of simulated time, one a seed: `python -m tests.reliability simulate --seeds 0-999`."""

from tests.reliability.simulation.campaign import main

__all__ = ["main"]
