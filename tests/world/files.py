"""Files in the store."""

from hashlib import sha256
from uuid import uuid4

from app.models import File
from app.models.enums import FileState
from app.services.files import key_of
from tests.world import NOW, World


async def stored(world: World, data: bytes | None = None, media_type: str = "image/jpeg") -> File:
    """A stored file; without bytes it only claims to be stored, for tests in which nobody asks for them."""
    row = file_of(data, media_type)
    await world.add(row)
    if data is not None:
        await world.app.state.storage.put(key_of(row.id), data, media_type=media_type, sha256=row.sha256)
    return row


def file_of(data: bytes | None = None, media_type: str = "image/jpeg") -> File:
    """The row of a stored file, to be added."""
    digest = sha256(uuid4().bytes if data is None else data).hexdigest()
    size = 1000 if data is None else len(data)
    return File(state=FileState.STORED, state_since=NOW, media_type=media_type, size=size, sha256=digest)
