"""Papers as PDF and as Word, from one description, made in a limited process of its own that starts at the first."""
