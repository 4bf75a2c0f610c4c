class CannotPlay(Exception):
    """The demonstration cannot go on; its message is one sentence."""
