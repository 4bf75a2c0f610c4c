"""For supervisors and load balancers, not for frontends: outside the contract, without a session, telling nothing."""

from fastapi import Request, Response

from app.api.http.routing import Router
from app.services import health

router = Router("/health", in_contract=False)


@router.get("/live")
async def read_liveness() -> dict[str, str]:
    """Answer as long as the process runs."""
    return {"status": "ok"}


@router.get("/ready")
async def read_readiness(request: Request, response: Response) -> dict[str, str]:
    """Answer 200 while database and store do, else 503 with the names of those that do not; and the last backup."""
    state = request.app.state
    away = await health.away(state.database, state.storage)
    if away:
        response.status_code = 503
        return {"status": ", ".join(away) + " away"}
    taken_at = (await health.backups(state.database)).taken_at
    return {"status": "ok", "backup": taken_at.isoformat(timespec="seconds") if taken_at else "none"}
