"""Published wire contracts, one module each. The engine knows none of them, and none knows another."""

from claimcheck.dialects import canonical

ALL = (canonical.DIALECT,)
