"""Wrong and right versions of a lesson's solutions, made from their syntax: what the checks are tried on."""
