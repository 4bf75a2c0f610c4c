"""`python -m docs.pictures FOLDER`: the pictures of papers in the README, made of what the demonstration prints."""

import sys
from pathlib import Path

import pypdfium2
from PIL import Image

PICTURES = Path(__file__).parent / "pictures"
SHOWN = {"form": "*-申报表-*.pdf", "notice": "*的通报.pdf", "certificate": "*-荣誉证书.pdf"}
HEIGHT, COLOURS = 700, 16


def write(papers: Path) -> None:
    """Draw the first page of each paper that is shown."""
    for name, pattern in SHOWN.items():
        (paper,) = papers.glob(pattern)
        with pypdfium2.PdfDocument(paper) as document:
            page: Image.Image = document[0].render(scale=3).to_pil().convert("RGB")
        page.thumbnail((2 * HEIGHT, HEIGHT), Image.Resampling.LANCZOS)
        page.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
