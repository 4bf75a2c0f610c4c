class CannotPlay(Exception):
    """Why the demonstration cannot go on, in one sentence."""
