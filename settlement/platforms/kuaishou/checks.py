"""What only Kuaishou knows beyond its codes: nothing (快分销)."""

from settlement.room import PlatformChecks

CHECKS = PlatformChecks()
