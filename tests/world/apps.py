"""The application with other settings than those of all tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from app.database import Clock
from app.main import create_app
from app.settings import Settings


def undocumented(settings: Settings, **changes: Any) -> Settings:
    """These settings with changes, and without the contract: to render it takes longer than all else at the start."""
    return settings.model_copy(update={"serve_docs": False} | changes)


@asynccontextmanager
async def another_app(settings: Settings, clock: Clock, **changes: Any) -> AsyncIterator[FastAPI]:
    """The application with these settings changed, started and stopped."""
    app = create_app(undocumented(settings, **changes), clock=clock)
    async with app.router.lifespan_context(app):
        yield app
