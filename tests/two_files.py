"""Two files that share a paper, and a row that is none."""

from __future__ import annotations

from pathlib import Path

from explorer.cli.main import main

RIS = """TY  - JOUR
TI  - The rings of a distant planet
AU  - Ito, Aya
PY  - 2021
DO  - 10.1234/rings
ER  -

TY  - JOUR
TI  - Soil and its fungi
AU  - Moreau, Luc
PY  - 2019
ER  -
"""
TABLE = (
    "id,title,authors,year,doi,abstract,venue\n"
    "none,too,many,2020,a,b,c,d,e\n"
    "b1,The rings of a distant planet,Aya Ito,2021,https://doi.org/10.1234/RINGS,Rings were seen around it.,Planets\n"
    "b2,Tides of an inland sea,Ann Lee,2020,,,\n"
)


def write_files(folder: Path, table: str = TABLE) -> tuple[Path, Path]:
    """Write a RIS file and a table."""
    (folder / "a.ris").write_text(RIS)
    (folder / "b.csv").write_text(table)
    return folder / "a.ris", folder / "b.csv"


def build(files: tuple[Path, Path], folder: Path) -> Path:
    """Build a corpus folder of the files."""
    assert main(["build", *map(str, files), "-o", str(folder)]) == 0
    return folder
