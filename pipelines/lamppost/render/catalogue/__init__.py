"""The catalogue: every dataset told in the words of each standard, one module a standard.

All of them are told from `Entry` values, which come from the newest versions: two builds of the same versions give the
same bytes, ordered by identifier, and `modified` is the day of the version, never of the build.
"""

from lamppost.render.catalogue.croissant import render_croissant
from lamppost.render.catalogue.dcat_ap import render_jsonld, render_turtle
from lamppost.render.catalogue.dcat_us_1 import render_dcat_us_1
from lamppost.render.catalogue.dcat_us_3 import render_dcat_us_3
from lamppost.render.catalogue.entry import Entry, croissant_path, describe_entry, list_entries
from lamppost.render.catalogue.llms import render_llms
from lamppost.render.catalogue.machines import render_machines, with_head
from lamppost.render.catalogue.schema_org import describe_dataset
from lamppost.render.catalogue.sitemap import render_robots, render_sitemap
from lamppost.render.catalogue.sums import render_sums

__all__ = [
    "Entry",
    "croissant_path",
    "describe_dataset",
    "describe_entry",
    "list_entries",
    "render_croissant",
    "render_dcat_us_1",
    "render_dcat_us_3",
    "render_jsonld",
    "render_llms",
    "render_machines",
    "render_robots",
    "render_sitemap",
    "render_sums",
    "render_turtle",
    "with_head",
]
