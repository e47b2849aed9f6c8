"""Geography on a sphere of 6,378,100 m, rounded to two decimals, as JavaRosa's GeoUtils does."""

from __future__ import annotations

import math
from itertools import pairwise

from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.functions.function import Function, many
from cora_bot.forms.expr.values import Value, to_text

RADIUS = 6_378_100.0
Point = tuple[float, float]


def point(text: str) -> Point:
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        raise EvaluationError("a place is written “latitude longitude altitude accuracy”")
    try:
        latitude, longitude = float(parts[0]), float(parts[1])
    except ValueError as error:
        raise EvaluationError("a place is written with numbers") from error
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise EvaluationError("a latitude is within 90, a longitude within 180 degrees")
    return latitude, longitude


def points(values: list[Value]) -> list[Point]:
    """One text with ``;`` between points, or one point for each value."""
    texts = [part for value in values for part in to_text(value).split(";") if part.strip()]
    return [point(text) for text in texts]


def apart(a: Point, b: Point) -> float:
    """Haversine."""
    latitude, other = math.radians(a[0]), math.radians(b[0])
    half = math.sin((other - latitude) / 2) ** 2
    half += math.cos(latitude) * math.cos(other) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * RADIUS * math.asin(math.sqrt(min(1.0, half)))


def distance(values: list[Value]) -> float:
    line = points(values)
    if len(line) < 2:
        return 0.0
    return round(math.fsum(apart(a, b) for a, b in pairwise(line)), 2)


def area(values: list[Value]) -> float:
    """Bevis and Cambareri's spherical excess, as in Google's SphericalUtil."""
    ring = points(values)
    if len(ring) < 3:
        return 0.0
    total = 0.0
    before = ring[-1]
    for here in ring:
        total += _triangle(before, here)
        before = here
    return round(abs(total) * RADIUS * RADIUS, 2)


def _triangle(a: Point, b: Point) -> float:
    tangent = math.tan((math.pi / 2 - math.radians(a[0])) / 2) * math.tan((math.pi / 2 - math.radians(b[0])) / 2)
    turn = math.radians(a[1]) - math.radians(b[1])
    return 2 * math.atan2(tangent * math.sin(turn), 1 + tangent * math.cos(turn))


def geofence(place: str, fence: str) -> bool:
    """Whether a point lies inside a shape: how often a ray from it crosses the border."""
    latitude, longitude = point(place)
    ring = points([fence])
    if len(ring) < 3:
        raise EvaluationError("geofence() needs a shape of three points or more")
    inside = False
    before = ring[-1]
    for here in ring:
        if (here[1] > longitude) != (before[1] > longitude):
            slope = (before[0] - here[0]) / (before[1] - here[1])
            inside ^= latitude < slope * (longitude - here[1]) + here[0]
        before = here
    return inside


TABLE: dict[str, Function] = {
    "distance": many(distance, "f", "n", 1),
    "area": many(area, "f", "n", 1),
    "geofence": Function(geofence, "ss", 2, 2, "b"),
}
