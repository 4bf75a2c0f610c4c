from app.refusal import Refusal


class EmbeddedError(Refusal):
    """Why the embedded servers cannot run, in one sentence for the person at the terminal."""
