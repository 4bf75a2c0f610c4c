"""The one exception that a command answers with a sentence instead of a traceback."""


class Refusal(Exception):
    """Why a command does not go on, in one sentence for the operator."""
