class EmbeddedError(Exception):
    """Why the embedded servers cannot run, in one sentence for the person at the terminal."""
