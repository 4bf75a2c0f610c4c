"""For supervisors and load balancers, not for frontends: outside the contract, without a session, telling nothing."""

from fastapi import APIRouter, Request, Response

from app.services import health

router = APIRouter(prefix="/health", include_in_schema=False)


@router.get("/live")
async def read_liveness() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/ready")
async def read_readiness(request: Request, response: Response) -> dict[str, str]:
    """The process can do its work: database and store answer."""
    state = request.app.state
    away = await health.away(state.database, state.storage)
    response.status_code = 503 if away else 200
    return {"status": ", ".join(away) + " away" if away else "ok"}
