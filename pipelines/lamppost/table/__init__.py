"""From raw bytes to one table a partition: read, transform, protect rows, settle; text stays text all the way."""
