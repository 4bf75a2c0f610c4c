"""The one exception that a command answers with a sentence instead of a traceback."""


class Refusal(Exception):
    """The reason a command stops, in one sentence for the operator."""
