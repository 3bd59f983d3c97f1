"""The trusted side of judging: pytest, checks, probes, verdicts. Runs no student code, unpickles nothing."""
