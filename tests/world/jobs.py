"""Jobs in the queue."""

MINUTE, HOUR, DAY = 60, 3600, 86400
SCHEDULE = [5, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, DAY, DAY, DAY, DAY, DAY, DAY]
"""Seconds from one failure to the next try."""
