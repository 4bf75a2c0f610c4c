from app.refusal import Refusal


class EmbeddedError(Refusal):
    """The embedded servers cannot run; its message is one sentence for the person at the terminal."""
