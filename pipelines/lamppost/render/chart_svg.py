"""From the drawing engine's SVG to ours: named, described, repaintable, half the size, and nothing a strict CSP blocks.

The engine's own roles and labels (one a mark) are noise to a screen reader and go; the whole picture is one image with
a title and a description (SVG accessibility mappings, `role="img"` with `aria-labelledby`).
"""

import re
from xml.etree import ElementTree as ET

from lamppost.render import chart_parts as specs
from lamppost.render.chart import one_line

_NOISE = ("aria-", "role", "pointer-events", "style", "stroke-miterlimit", "xlink")
_PAINT = {
    (specs.MAIN, "stroke"): "c1-line",
    (specs.MAIN, "fill"): "c1-fill",
    (specs.TARGET, "fill"): "chart-target-fill",
    (specs.BASELINE, "fill"): "chart-baseline-fill",
    (specs.BASELINE, "stroke"): "chart-baseline-line",
    (specs.INK, "fill"): "chart-text",
    (specs.GRID, "stroke"): "chart-grid",
    (specs.AXIS, "stroke"): "chart-axis",
    (specs.ALERT, "fill"): "chart-simulated",
    (specs.PAPER, "stroke"): "chart-halo",
}
_INHERITED = (
    "class", "fill", "fill-opacity", "stroke", "stroke-width", "opacity", "font-size", "font-weight", "text-anchor",
)  # fmt: skip
_DOT = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0Z?")
_PLACE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d+")


def polish_svg(svg: str, name: str, size: str, title: str, description: str) -> str:
    """One line of SVG, whose ids all begin with `name-size`; `title` and `description` are plain text."""
    prefix = "-".join(("chart", re.sub(r"[^a-z0-9]+", "-", name), size))
    root = ET.fromstring(re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg))  # noqa: S314 - our own drawing process wrote it
    _strip(root)
    for element in root.iter():
        _simplify_dot(element)
        _paint(element)
        _rename(element, prefix)
    _hoist(root)
    _name_image(root, prefix, size, title, description)
    return ET.tostring(root, encoding="unicode")


def _name_image(root: ET.Element, prefix: str, size: str, title: str, description: str) -> None:
    """Root attributes in a fixed order, and the two elements that a screen reader speaks."""
    box, width, height = (root.get(key, "") for key in ("viewBox", "width", "height"))
    root.attrib.clear()
    root.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": f"chart-svg chart-svg--{size}",
        "viewBox": box,
        "width": width,
        "height": height,
        "role": "img",
        "aria-labelledby": f"{prefix}-title {prefix}-desc",
        "font-family": "sans-serif",
    }
    for place, (tag, words) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(tag, {"id": f"{prefix}-{tag}"})
        element.text = one_line(words)
        root.insert(place, element)


def _strip(element: ET.Element) -> None:
    """Drops the engine's roles, labels, classes, and everything that draws nothing."""
    for key in [key for key in element.attrib if key == "class" or key.startswith(_NOISE)]:
        del element.attrib[key]
    for key, plain in (("opacity", "1"), ("font-family", "sans-serif"), ("fill-opacity", "1")):
        if element.get(key) == plain:
            del element.attrib[key]
    for child in list(element):
        _strip(child)
        if _draws_nothing(child):
            element.remove(child)
    for key in ("d", "transform", "x2", "y2", "x", "y", "width", "height"):
        if key in element.attrib and element.tag != "svg":
            element.set(key, _NUMBER.sub(_shorten, element.attrib[key]))


def _shorten(found: re.Match[str]) -> str:
    return f"{round(float(found[0]), 1):g}"


def _draws_nothing(element: ET.Element) -> bool:
    if element.get("display") == "none" or (element.tag == "g" and not len(element)):
        return True
    if element.tag == "text":
        return not (element.text or "").strip()
    unpainted = element.get("fill", "none") == "none" and "stroke" not in element.attrib
    return element.tag == "path" and unpainted


def _simplify_dot(element: ET.Element) -> None:
    """A dot, which the engine writes as a path of two arcs, becomes a circle: a quarter of the bytes."""
    found = _DOT.fullmatch(element.get("d", "")) if element.tag == "path" else None
    place = _PLACE.fullmatch(element.get("transform", ""))
    if found and place:
        element.tag = "circle"
        del element.attrib["d"], element.attrib["transform"]
        element.attrib |= {"cx": place[1], "cy": place[2], "r": found[1]}


def _hoist(element: ET.Element) -> None:
    """What all children of a group say alike, the group says once."""
    for child in element:
        _hoist(child)
    if element.tag != "g" or len(element) < 2:  # noqa: PLR2004
        return
    for key in _INHERITED:
        said = {child.get(key) for child in element}
        if len(said) == 1 and None not in said and key not in element.attrib:
            element.set(key, element[0].attrib[key])
            for child in element:
                del child.attrib[key]


def _paint(element: ET.Element) -> None:
    """The classes by which the page's theme repaints what the attribute paints."""
    classes = sorted({name for (color, key), name in _PAINT.items() if element.get(key) == color})
    if classes:
        element.set("class", " ".join(classes))


def _rename(element: ET.Element, prefix: str) -> None:
    """Ids, and references to them, begin with the chart's name, since many charts share a page."""
    for key, value in element.attrib.items():
        if key == "id":
            element.set(key, f"{prefix}-{value}")
        elif "url(#" in value:
            element.set(key, value.replace("url(#", f"url(#{prefix}-"))
