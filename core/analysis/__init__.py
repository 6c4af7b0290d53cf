"""What the pages Business, Team and People show: a cursor in, tidy frames out, every rate with its denominator.

A cursor given here must hold no temp tables of a measurement (`store.cursor()` answers such a one)."""
