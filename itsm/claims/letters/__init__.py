"""The letters of a claim: what they say, to whom, and the paper."""
