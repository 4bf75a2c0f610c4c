"""The log of every process: lines on standard output, in which an exception says its kind and place and not its words.

Words of an exception may quote what somebody sent: a name, a telephone number, a whole row.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any

NOISY = ("botocore", "boto3", "urllib3", "alembic", "pypdf")


def configure() -> None:
    """One line of JSON per request, plain lines for the rest, for a supervisor to collect."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line of ours says them
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(discreet("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def discreet(form: str) -> logging.Formatter:
    """Return a formatter whose tracebacks hold our source and no values."""
    formatter = logging.Formatter(form)
    formatter.formatException = _told  # type: ignore[method-assign]  # one method is all that differs
    return formatter


def _told(ei: Any) -> str:
    parts = [f"{''.join(traceback.format_tb(error.__traceback__))}{kind_of(error)}" for error in _chain(ei[1])]
    return "\n\n".join(parts)


def kind_of(error: BaseException) -> str:
    """Return the kind of an exception with the words that we wrote ourselves, or the code of the system it is from."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    codes = (getattr(error, name, None) for name in ("sqlstate", "constraint_name", "strerror"))
    words = [str(error)] if kind.startswith("app.") else [str(code) for code in codes if code]
    return ": ".join([kind, *words])


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the causes first, as Python writes them."""
    if error is not None:
        yield from _chain(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
        yield error
