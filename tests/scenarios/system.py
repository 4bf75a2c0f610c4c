"""The application for a test that is not asynchronous itself: on an event loop and a clock of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from app.context import Actor, Context
from app.database import Clock
from app.findings import refusing
from app.main import create_app
from app.problems import NotFound, Problem
from app.services.files import Intake
from app.services.filing import applications
from app.settings import Settings
from tests.contract.client import Contract
from tests.scenarios.model import Refusal
from tests.world import NOW, World
from tests.world.apps import undocumented


class System:
    """Commands of services, each in transactions of its own, answered by the class of their refusal or None."""

    def __init__(self, configured: Settings, contract: Contract) -> None:
        self.runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.app = create_app(undocumented(configured), clock=Clock(stopped_at=NOW))
        self.world = World(self.app, contract)
        self.life = self.app.router.lifespan_context(self.app)
        self.run(self.life.__aenter__())

    def close(self) -> None:
        self.run(self.life.__aexit__(None, None, None))
        self.runner.close()

    def run(self, step: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await step

        return self.runner.run(awaited())

    def attempt(self, actor: Actor, command: Callable[[Context], Awaitable[Any]]) -> Refusal:
        async def attempted() -> None:
            async with self.world.acting(actor) as ctx:
                await command(ctx)

        return self._refusal(attempted())

    def upload(self, actor: Actor, send: Callable[[Intake], Awaitable[Any]]) -> Refusal:
        """The same for bytes, which take several transactions."""

        def transaction() -> AbstractAsyncContextManager[Context]:
            return self.world.acting(actor)

        state = self.app.state
        return self._refusal(send(Intake(transaction, state.imaging, state.storage, state.upload_limits)))

    def allowed(self, actor: Actor, application_id: UUID) -> dict[str, bool]:
        """Acts that the application itself reports as possible; empty for those who may not see it."""

        async def read() -> dict[str, bool]:
            async with self.world.viewing(actor) as view:
                record = await applications.read(view, application_id)
                return {name: not refusing(findings) for name, findings in record.actions.items()}

        try:
            possible: dict[str, bool] = self.run(read())
        except NotFound:
            return {}
        return possible

    def rows(self, statement: Any, **params: Any) -> list[Any]:
        async def fetched() -> list[Any]:
            async with self.world.database.transaction() as session:
                return list((await session.execute(statement, params)).all())

        found: list[Any] = self.run(fetched())
        return found

    def _refusal(self, command: Awaitable[Any]) -> Refusal:
        try:
            self.run(command)
        except Problem as refusal:
            return type(refusal)
        return None
