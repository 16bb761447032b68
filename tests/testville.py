"""The smallest `mkdocs.yml` of a city, for tests that write one to a folder."""

MKDOCS = """\
site_name: Testville
site_url: https://testville.example.org
repo_url: https://github.com/example/testville
extra:
  city:
    format: 1
    mantra: Look it up.
    publisher: City of Testville
    contact: data@example.org
    licence: CC-BY-4.0
    time_zone: America/Los_Angeles
"""
