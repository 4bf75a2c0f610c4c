"""The page that shows the contract, from our own bytes: it asks no other host for anything."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi.responses import FileResponse, HTMLResponse

from app.api.http.routing import Router

STATIC = Path(__file__).parent / "static" / "reference"

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
<link rel="stylesheet" href="docs/page.css">
</head>
<body data-contract="v1/openapi.json">
<noscript>接口文档需要 JavaScript；接口约定本身见 <a href="v1/openapi.json">openapi.json</a>。</noscript>
<form name="bar">
<select name="role" aria-label="角色"><option value="">全部角色</option></select>
<input name="username" aria-label="用户名" placeholder="用户名" autocomplete="username" required>
<input name="password" aria-label="密码" placeholder="密码" type="password" autocomplete="current-password">
<input name="code" aria-label="验证码" placeholder="验证码" autocomplete="one-time-code" hidden>
<button>登录</button>
<output></output>
</form>
<div id="page"></div>
<script src="docs/scalar.js" defer></script>
<script src="docs/page.js" type="module"></script>
</body>
</html>
"""

PARTS = {"page.js": "page.js", "view.js": "view.js", "page.css": "page.css", "scalar.js": "scalar.js.gz"}
"""The parts of the page, and the files they are in. What is packed is sent packed: every browser unpacks it."""

router = Router("/api/docs", in_contract=False)


@router.get("")
async def read_docs() -> HTMLResponse:
    return HTMLResponse(PAGE, headers=HEADERS)


def part_reader(name: str, file: str) -> Callable[[], Awaitable[FileResponse]]:
    media = "text/css" if name.endswith(".css") else "text/javascript"
    packed = {"Content-Encoding": "gzip"} if file.endswith(".gz") else {}

    async def read_part() -> FileResponse:
        headers = HEADERS | packed | {"Cache-Control": "public, max-age=3600"}
        return FileResponse(STATIC / file, headers=headers, media_type=media)

    return read_part


for part, kept in PARTS.items():  # a route each: any other name is an unknown path like all others
    router.get(f"/{part}")(part_reader(part, kept))
