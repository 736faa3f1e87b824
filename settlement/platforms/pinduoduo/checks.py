"""What only Pinduoduo knows beyond its codes: nothing (多多客)."""

from settlement.room import PlatformChecks

CHECKS = PlatformChecks()
