"""The incentive scheme as plain functions: import, measure, score, pay, compare. Knows nothing of the web."""
