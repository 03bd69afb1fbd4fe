"""Other databases' ways to write a search, read as ours."""
from dataclasses import dataclass
@dataclass(frozen=True)
class Translation:
    query: str
    dialect: str = ""
    left_out: tuple[str, ...] = ()
def translate(text: str) -> Translation:
    return Translation(text)
