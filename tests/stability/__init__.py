"""How steady the verdicts are: the same notebooks, judged with many keys. Run by hand, not by pytest."""
