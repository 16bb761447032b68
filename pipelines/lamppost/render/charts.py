"""Draws all charts of a site in one process of its own: the engine takes 300 MB and half a second to start.

Started as `python -m lamppost.render.charts` it is that process: a JSON list of Vega-Lite descriptions on standard
input, a JSON list of SVGs on standard output. Nothing is fetched: every description carries its data.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from lamppost.errors import BuildError
from lamppost.render.chart import Chart
from lamppost.render.chart_parts import NARROW, VEGA_LITE, WIDE, Size, Spec
from lamppost.render.chart_specs import make_spec
from lamppost.render.chart_svg import polish_svg
from lamppost.render.chart_words import describe_chart

__all__ = ["Chart", "draw"]

SECONDS = 300
"""Longest that drawing all charts may take."""
_FORM = 1
"""Goes up when the polishing changes, so that no cache gives the old form."""


def draw(charts: Sequence[Chart], cache: Path) -> dict[str, str]:
    """Chart name → two `<svg>` elements, one drawn for wide screens and one for phones, of which CSS shows one.

    `cache` is a folder that keeps each drawing under the hash of all that went into it. Raises BuildError.
    """
    wanted = [(chart, size, make_spec(chart, size)) for chart in charts for size in (WIDE, NARROW)]
    files = [cache / f"{_key(chart, size, spec)}.svg" for chart, size, spec in wanted]
    new = [n for n, file in enumerate(files) if not file.is_file()]
    for n, raw in zip(new, _draw_apart([wanted[n][2] for n in new]), strict=True):
        chart, size, _ = wanted[n]
        _keep(files[n], polish_svg(raw, chart.name, size.name, chart.title, describe_chart(chart)))
    drawn: dict[str, str] = {}
    for (chart, _, _), file in zip(wanted, files, strict=True):
        drawn[chart.name] = drawn.get(chart.name, "") + file.read_text(encoding="utf-8")
    return drawn


def _key(chart: Chart, size: Size, spec: Spec) -> str:
    said = [chart.name, size.name, chart.title, describe_chart(chart), spec, version("vl-convert-python"), _FORM]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _keep(file: Path, svg: str) -> None:
    """Whole or not at all: a killed build leaves no half drawing in the cache."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8", newline="\n") as part:
        part.write(svg)
    os.replace(part.name, file)  # noqa: PTH105 - Path.replace has the same words, this one says it overwrites


def _draw_apart(specs: Sequence[Spec]) -> list[str]:
    if not specs:
        return []
    try:
        done = subprocess.run(
            [sys.executable, "-m", "lamppost.render.charts"],
            input=json.dumps(specs), capture_output=True, encoding="utf-8", errors="replace", timeout=SECONDS,
            check=True,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        last = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1:]
        said = f"charts: the drawing process failed ({' '.join(last)}); expected {len(specs)} drawings; run build again"
        raise BuildError(said) from error
    svgs: list[str] = json.loads(done.stdout)
    return svgs


def _serve() -> None:
    """The other process: descriptions in, drawings out."""
    import vl_convert  # noqa: PLC0415 - only this process may hold the engine

    specs: list[Spec] = json.load(sys.stdin)
    svgs = [vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[]) for spec in specs]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    json.dump(svgs, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    _serve()
