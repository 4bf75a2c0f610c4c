"""The chapter of the package: everything nominated as one file, for a network that is not reached."""

import hashlib
from io import BytesIO
from zipfile import ZipFile

from demo.errors import CannotPlay
from demo.stage import Stage

MANIFEST = "manifest-sha256.txt"


def pack(stage: Stage) -> None:
    """Download the bag, and verify it as a recipient on a disc would: by the checksums inside."""
    stage.narrator.chapter("The same as a package (BagIt), for a disc")
    path = f"/campaigns/{stage.campaign_id}/nomination-package"
    stage.narrator.tell(f"{stage.office.name} downloads the package")
    content = stage.office.client.download(path)
    with ZipFile(BytesIO(content)) as bag:
        name = bag.namelist()[0].partition("/")[0]
        for line in bag.read(f"{name}/{MANIFEST}").decode().splitlines():
            digest, _, file = line.partition("  ")
            if hashlib.sha256(bag.read(f"{name}/{file}")).hexdigest() != digest:
                raise CannotPlay(f"{file} of {name} is not what its manifest says.")
            stage.narrator.add(f"  {digest[:16]}… {file}")
    stage.narrator.tell(f"{name}.zip, {len(content) / 1e6:.1f} MB: every checksum of {MANIFEST} is right")
