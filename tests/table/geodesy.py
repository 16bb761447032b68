"""Projections from the textbook, written down a second time, so that pyproj is not its own witness.

Snyder, J. P. (1987), Map Projections: A Working Manual, USGS Professional Paper 1395 (equations by number); Helmert's
seven parameters as in Ordnance Survey, A Guide to Coordinate Systems in Great Britain, section 6.2. Degrees in, metres
out, but for `shift_to_wgs84`, which gives degrees.
"""

from dataclasses import dataclass
from math import asin, atan2, cos, degrees, hypot, log, pi, pow, radians, sin, sqrt, tan  # noqa: A004 - of floats alone


@dataclass(frozen=True)
class Ellipsoid:
    a: float
    b: float

    @property
    def e2(self) -> float:
        return 1 - (self.b / self.a) ** 2


WGS84 = Ellipsoid(6378137.0, 6356752.314245179)
GRS80 = Ellipsoid(6378137.0, 6356752.314140356)
CLARKE1866 = Ellipsoid(6378206.4, 6356583.8)
AIRY1830 = Ellipsoid(6377563.396, 6356256.909)


def project_web_mercator(lon: float, lat: float) -> tuple[float, float]:
    """EPSG:3857, the sphere of radius a: equations 7-1 and 7-2."""
    return WGS84.a * radians(lon), WGS84.a * log(tan(pi / 4 + radians(lat) / 2))


def measure_meridian(lat: float, on: Ellipsoid) -> float:
    """Equation 3-21; `lat` in radians."""
    e2 = on.e2
    return on.a * (
        (1 - e2 / 4 - 3 * e2**2 / 64 - 5 * e2**3 / 256) * lat
        - (3 * e2 / 8 + 3 * e2**2 / 32 + 45 * e2**3 / 1024) * sin(2 * lat)
        + (15 * e2**2 / 256 + 45 * e2**3 / 1024) * sin(4 * lat)
        - 35 * e2**3 / 3072 * sin(6 * lat)
    )


def project_transverse_mercator(lon: float, lat: float, central: float, on: Ellipsoid) -> tuple[float, float]:
    """Equations 8-9 to 8-15 with k0 = 0.9996 and the equator as origin; no false easting."""
    f, e2 = radians(lat), on.e2
    second = e2 / (1 - e2)
    n, t, c, a = on.a / sqrt(1 - e2 * sin(f) ** 2), tan(f) ** 2, second * cos(f) ** 2, radians(lon - central) * cos(f)
    x = n * (a + (1 - t + c) * a**3 / 6 + (5 - 18 * t + t**2 + 72 * c - 58 * second) * a**5 / 120)
    y = measure_meridian(f, on) + n * tan(f) * (
        a**2 / 2 + (5 - t + 9 * c + 4 * c**2) * a**4 / 24 + (61 - 58 * t + t**2 + 600 * c - 330 * second) * a**6 / 720
    )
    return 0.9996 * x, 0.9996 * y


def project_lambert(
    lon: float, lat: float, origin: tuple[float, float], parallels: tuple[float, float], on: Ellipsoid
) -> tuple[float, float]:
    """Lambert conformal conic with two standard parallels: equations 14-15, 15-7 to 15-11 and 15-1 to 15-3."""
    e = sqrt(on.e2)

    def m(f: float) -> float:
        return cos(f) / sqrt(1 - on.e2 * sin(f) ** 2)

    def t(f: float) -> float:
        return tan(pi / 4 - f / 2) / pow((1 - e * sin(f)) / (1 + e * sin(f)), e / 2)

    f1, f2 = map(radians, parallels)
    n = log(m(f1) / m(f2)) / log(t(f1) / t(f2))
    scale = on.a * m(f1) / (n * t(f1) ** n)
    rho, rho0, theta = scale * t(radians(lat)) ** n, scale * t(radians(origin[1])) ** n, n * radians(lon - origin[0])
    return rho * sin(theta), rho0 - rho * cos(theta)


def shift_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """OSGB36, height 0 on the Airy ellipsoid: metres along, seconds of arc around each axis, parts in a million."""
    f, l, on = radians(lat), radians(lon), AIRY1830  # noqa: E741 - the letters of the guide
    v = on.a / sqrt(1 - on.e2 * sin(f) ** 2)
    x, y, z = v * cos(f) * cos(l), v * cos(f) * sin(l), v * (1 - on.e2) * sin(f)
    s = 1 - 20.489e-6
    rx, ry, rz = (radians(seconds / 3600) for seconds in (0.150, 0.247, 0.842))
    x, y, z = (
        446.448 + s * x - rz * y + ry * z,
        -125.157 + rz * x + s * y - rx * z,
        542.060 - ry * x + rx * y + s * z,
    )
    p, f = hypot(x, y), asin(z / hypot(x, y, z))
    for _ in range(8):
        f = atan2(z + WGS84.e2 * WGS84.a / sqrt(1 - WGS84.e2 * sin(f) ** 2) * sin(f), p)
    return degrees(atan2(y, x)), degrees(f)
