"""Geography on a sphere of 6,378,100 m, rounded to two decimals, as JavaRosa's GeoUtils does."""

from __future__ import annotations

import math
from itertools import pairwise

from cora_bot.forms.expr.context import Context
from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.functions.function import Function, many, with_context
from cora_bot.forms.expr.values import Value, to_text

RADIUS = 6_378_100.0
Point = tuple[float, float]
Segment = tuple[Point, Point]
CROSSING = 10  # steps that one look at two segments takes


def point(text: str) -> Point:
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        raise EvaluationError("a place is written “latitude longitude altitude accuracy”")
    try:
        latitude, longitude = float(parts[0]), float(parts[1])
    except ValueError as error:
        raise EvaluationError("a place is written with numbers") from error
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
    """The shape laid flat around its first point, as JavaRosa does it: right for fields, not for countries."""
    ring = points(values)
    if len(ring) < 3:
        return 0.0
    flat = [_flat(ring[0], here) for here in ring[1:]]
    return round(abs(math.fsum(y * b - x * d for (x, y), (b, d) in pairwise(flat))) / 2, 2)


def _flat(first: Point, here: Point) -> Point:
    """Metres eastwards and northwards of ``first``."""
    degree = RADIUS * math.pi / 180
    return (here[1] - first[1]) * degree * math.cos(math.radians(here[0])), (here[0] - first[0]) * degree


def geofence(place: str, fence: str) -> bool:
    """Whether a point lies inside a closed shape: how often a ray from it crosses the border."""
    latitude, longitude = point(place) if place else (0.0, 0.0)  # as a tablet takes a blank
    ring = points([fence])
    if len(ring) < 3:
        raise EvaluationError("geofence() needs a shape of three points or more")
    inside = False
    for before, here in pairwise(ring):
        if (here[0] > latitude) != (before[0] > latitude):
            slope = (before[1] - here[1]) / (before[0] - here[0])
            inside ^= longitude < slope * (latitude - here[0]) + here[1]
    return inside


def intersects(context: Context, line: str) -> bool:
    """Whether a line or a border crosses or touches itself, laid flat, as ODK Collect judges it.

    Neighbours share an end, the first and the last segment of a closed line too: that is no crossing, going back over
    the neighbour is.
    """
    way = points([line])
    segments = [(a, b) for a, b in pairwise(way) if a != b]
    last = len(segments) - 1
    under_way: list[int] = []
    for here in sorted(range(len(segments)), key=lambda at: min(segments[at])):  # from south to north
        under_way = [at for at in under_way if max(segments[at]) >= min(segments[here])]
        context.spend(CROSSING * len(under_way) + 1)
        for first, second in (sorted((here, at)) for at in under_way):
            if way[0] == way[-1] and last > 1 and (first, second) == (0, last):
                continue
            judge = _goes_back if second == first + 1 else _cross
            if judge(segments[first], segments[second]):
                return True
        under_way.append(here)
    return False


def _goes_back(one: Segment, other: Segment) -> bool:
    """Of neighbours: whether the second runs over the first."""
    (a, b), (c, d) = one, other
    return (_side(a, c, d) == 0 and _beside(a, other)) or (_side(a, b, d) == 0 and _beside(d, one))


def _cross(one: Segment, other: Segment) -> bool:
    """Whether each has its ends on both sides of the other, or an end lies on the other."""
    (a, b), (c, d) = one, other
    sides = _side(c, d, a), _side(c, d, b), _side(a, b, c), _side(a, b, d)
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    ends = ((a, other), (b, other), (c, one), (d, one))
    return any(side == 0 and _beside(end, segment) for side, (end, segment) in zip(sides, ends, strict=True))


def _side(a: Point, b: Point, c: Point) -> int:
    """On which side of the way from ``a`` to ``b`` ``c`` lies; 0: on it."""
    turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (turn > 0) - (turn < 0)


def _beside(place: Point, segment: Segment) -> bool:
    (a, b), (c, d) = segment
    return min(a, c) <= place[0] <= max(a, c) and min(b, d) <= place[1] <= max(b, d)


TABLE: dict[str, Function] = {
    "distance": many(distance, "f", "n", 1),
    "area": many(area, "f", "n", 1),
    "enclosed-area": many(area, "f", "n", 1),
    "geofence": Function(geofence, "ss", 2, 2, "b"),
    "intersects": with_context(intersects, "s", "b"),
}
