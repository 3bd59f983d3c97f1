"""Where cuts come from: right and wrong variants trained many times. `python -m tests.thresholds.hihello`."""
