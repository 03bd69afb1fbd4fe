"""Colours of topics: seen on their grounds, and told apart by all, as simulated for the three kinds of colour blindness."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import numpy as np
import pytest

from explorer.dashboard import frontend
from explorer.dashboard.figures import SERIES, SERIES_DARK

GROUNDS = {"light": ("#ffffff", "#f6f6f3", "#efefeb"), "dark": ("#1a1e22", "#131619", "#22272c")}
"""Surface, background and sunken ground of each theme, as the style sheet has them."""

PALETTES = {"light": SERIES, "dark": SERIES_DARK}

# Machado, Oliveira & Fernandes 2009, table of severity 1.0, for linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    """Contrast ratio of WCAG 2."""
    light, dark = sorted((float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (a, b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of linear sRGB under D65."""
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    x, y, z = (v if v > 0 else 0 for v in to_xyz @ rgb / [0.95047, 1, 1.08883])
    fx, fy, fz = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@pytest.mark.parametrize("theme", PALETTES)
def test_each_colour_is_seen_on_its_grounds(theme: str) -> None:
    for colour, ground in itertools.product(PALETTES[theme], GROUNDS[theme]):
        assert contrast(colour, ground) >= 3, (colour, ground)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", PALETTES)
def test_any_two_colours_are_told_apart(theme: str, sight: str) -> None:
    seen: Sequence[np.ndarray] = [lab(np.clip(SIGHT[sight] @ linear(colour), 0, 1)) for colour in PALETTES[theme]]
    apart = min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2))
    # A difference of 2.3 is just noticeable (Mahy, Van Eycken & Oosterlinck 1994); these are small marks, some distance apart.
    assert apart > 20


def test_the_style_sheet_has_the_same_colours() -> None:
    found = re.findall(r"--topic-(\d): light-dark\((#\w{6}), (#\w{6})\);", frontend.style())
    assert [int(place) for place, _, _ in found] == list(range(len(SERIES)))
    assert tuple(light for _, light, _ in found) == SERIES
    assert tuple(dark for _, _, dark in found) == SERIES_DARK
    surface = re.search(r"--surface: light-dark\((#\w{6}), (#\w{6})\);", frontend.style())
    assert surface is not None
    assert surface.groups() == (GROUNDS["light"][0], GROUNDS["dark"][0])
