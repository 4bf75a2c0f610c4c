"""The page that shows the contract, from our own bytes: it asks no other host for anything."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi.responses import FileResponse, HTMLResponse

from app.api.http.routing import Router

STATIC = Path(__file__).parent / "static" / "swagger-ui"

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

# Relative addresses, so that the page also works behind a proxy that adds a prefix.
PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>工作品牌征集活动 · 接口文档</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body data-contract="v1/openapi.json">
<noscript>接口文档需要 JavaScript；接口约定本身见 <a href="v1/openapi.json">openapi.json</a>。</noscript>
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/init.js"></script>
</body>
</html>
"""

PARTS = ("swagger-ui-bundle.js", "swagger-ui.css", "init.js")

router = Router("/api/docs", in_contract=False)


@router.get("")
async def read_docs() -> HTMLResponse:
    return HTMLResponse(PAGE, headers=HEADERS)


def part_reader(name: str) -> Callable[[], Awaitable[FileResponse]]:
    async def read_part() -> FileResponse:
        return FileResponse(STATIC / name, headers=HEADERS | {"Cache-Control": "public, max-age=3600"})

    return read_part


for part in PARTS:  # a route each: any other name is an unknown path like all others
    router.get(f"/{part}")(part_reader(part))
