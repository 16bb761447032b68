"""Reads `datasets/<name>/figures.yaml` and `docs/plan/figures.yaml`: named numbers, each one SELECT."""

import re
from collections.abc import Collection, Sequence

from lamppost.load.dataset import find_folders
from lamppost.load.names import explain_slug, suggest
from lamppost.load.section import Section, describe
from lamppost.load.yaml import read_yaml
from lamppost.model import PLAN, City, Dataset, FigureQuery, Issue

_SELECT = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_MOST_DIGITS = 6


def load_figures(city: City, datasets: Sequence[Dataset]) -> tuple[tuple[FigureQuery, ...], tuple[Issue, ...]]:
    """Sound figures by name, and every fault of the others; a name is used once in the whole city."""
    faults: list[Issue] = []
    known = {PLAN, *(one.name for one in datasets), *_folder_names(city)}
    found: dict[str, FigureQuery] = {}
    homes = [(f"datasets/{name}", name) for name in _folder_names(city)] + [("docs/plan", PLAN)]
    hidden = {one.name for one in datasets if not one.listed}
    for folder, dataset in homes:
        for figure in _load_file(city, folder, dataset, known, faults):
            if unlisted := hidden.intersection(figure.inputs):
                message = f"the figure `{figure.name}` shows `{min(unlisted)}`, which is not listed; take it out"
                faults.append(Issue("unlisted-input", figure.place, message))
                continue
            other = found.setdefault(figure.name, figure)
            if other is not figure:
                message = f"the figure `{figure.name}` is also in {other.place}; rename one"
                faults.append(Issue("figure-name", figure.place, message))
    return tuple(found[name] for name in sorted(found)), tuple(faults)


def _folder_names(city: City) -> tuple[str, ...]:
    return tuple(one.name for one in find_folders(city.root) if (one / "dataset.yaml").is_file())


def _load_file(
    city: City, folder: str, dataset: str, known: Collection[str], faults: list[Issue]
) -> tuple[FigureQuery, ...]:
    if (city.root / folder / "figures.yml").is_file():
        faults.append(Issue("file-name", f"{folder}/figures.yml", "expected figures.yaml; rename the file"))
    path = city.root / folder / "figures.yaml"
    node = read_yaml(path, f"{folder}/figures.yaml", faults) if path.is_file() else None
    if node is None:
        return ()
    section = Section(node, faults)
    section.check_format()
    blocks = section.sections("figures", required=True)
    section.close()
    figures = []
    for block in blocks:
        before = len(faults)
        figure = _read_figure(block, dataset, known)
        if len(faults) == before:
            figures.append(figure)
    return tuple(figures)


def _read_figure(section: Section, dataset: str, known: Collection[str]) -> FigureQuery:
    name = section.text("name", required=True)
    node = section.find("name")
    if node and name and (why := explain_slug(name)):
        section.note("wrong-value", node, f"the figure name {describe(node)} {why}")
    inputs = section.texts("from") or (dataset,)
    for one, place in zip(inputs, section.nodes("from"), strict=False):
        if one not in known:
            section.note("unknown-reference", place, f"there is no dataset `{one}`.{suggest(one, known)}")
    sql = section.text("sql", required=True)
    written = section.find("sql")
    if written and sql and not is_one_select(sql):
        section.note("wrong-value", written, "expected one SELECT that gives one value, without `;` in it")
    digits = section.integer("round", default=0)
    if (rounded := section.find("round")) and digits > _MOST_DIGITS:
        section.note("wrong-value", rounded, f"found {digits}, expected at most {_MOST_DIGITS} digits after the point")
    figure = FigureQuery(
        name=name,
        title=section.text("title", required=True),
        sql=sql,
        inputs=inputs,
        unit=section.text("unit"),
        round=digits,
        note=section.text("note"),
        place=f"{section.node.file}:{section.node.line}:{section.node.column}",
    )
    section.close({"place": "is found by the engine; remove it"})
    return figure


def is_one_select(sql: str) -> bool:
    """A first look only: the locked database is what refuses everything else."""
    return bool(_SELECT.match(sql)) and ";" not in sql.rstrip().rstrip(";")
