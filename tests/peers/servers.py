"""How the servers that speak HTTP are started and loaded; each gives its address once it answers."""

import json
import os
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from .conftest import Start, absent, answers, free_port
from .known import assets, observations

PYGEOAPI = """\
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  languages: [en-US]
  limits: {{default_items: 100, max_items: 500}}
  map: {{url: "https://tile.example.org/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification:
    title: City
    description: Assets
    keywords: [city]
    keywords_type: theme
    terms_of_service: https://example.org
    url: https://example.org
  license: {{name: CC0, url: "https://example.org"}}
  provider: {{name: City, url: "https://example.org"}}
  contact:
    {{name: City, position: x, address: x, city: x, stateorprovince: x, postalcode: x, country: x, phone: x, fax: x,
      email: data@example.org, url: "https://example.org", hours: x, instructions: x, role: x}}
resources:
  assets:
    type: collection
    title: Assets
    description: Street lights
    keywords: [light]
    extents: {{spatial: {{bbox: [-180, -90, 180, 90], crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}}}
    providers: [{{type: feature, name: GeoJSON, data: {data}, id_field: id}}]
"""
INFLUX = """\
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
[http]
  bind-address = "127.0.0.1:{port}"
  max-row-limit = {rows}
  log-enabled = false
[monitor]
  store-enabled = false
"""
BATCH = 5_000


def find(name: str) -> str:
    """The path that `nox -s peers` put into the environment; skips where it did not."""
    path = os.environ.get(name, "")
    if not path or not Path(path).exists():
        absent(f"{name} is not set or not there; `nox -s peers` installs it and sets it")
    return path


def ask(url: str, body: bytes | None = None, **headers: str) -> bytes:
    """One plain request, to load a server or to see whether it is up."""
    request = urllib.request.Request(url, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


def is_up(url: str) -> Callable[[], bool]:
    """Whether the server answers this address with a good status."""

    def ready() -> bool:
        try:
            ask(url)
        except OSError:
            return False
        return True

    return ready


def make_features() -> dict[str, Any]:
    """The assets as GeoJSON; nine have a null geometry."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row["id"],
                "properties": {name: row[name] for name in ("id", "name", "watts")},
                "geometry": None if row["lon"] is None else {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            }
            for row in assets()
        ],
    }


def start_pygeoapi(start: Start, folder: Path) -> str:
    """Answers at most 500 features at once, however many are asked for; gives the address of the items."""
    program, port = find("PEER_PYGEOAPI"), free_port()
    data, config, openapi = folder / "assets.geojson", folder / "c.yml", folder / "o.yml"
    data.write_text(json.dumps(make_features()), encoding="utf-8")
    config.write_text(PYGEOAPI.format(port=port, data=data), encoding="utf-8")
    home = f"http://127.0.0.1:{port}"
    env = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi), "PATH": _put_first(program)}
    script = f'"{program}" openapi generate "{config}" --output-file "{openapi}" && exec "{program}" serve'
    start(["sh", "-c", script], is_up(f"{home}/collections/assets?f=json"), cwd=folder, env=env)
    return f"{home}/collections/assets/items"


def _put_first(program: str) -> str:
    return f"{Path(program).parent}{os.pathsep}{os.environ.get('PATH', '')}"


def start_influx(start: Start, folder: Path, *, rows: int = 0) -> str:
    """InfluxDB 1.x with the observations in the database `city`; `rows` is its max-row-limit, 0 for none."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "influx.conf"
    config.write_text(INFLUX.format(folder=folder, port=port, rpc=free_port(), rows=rows), encoding="utf-8")
    home = f"http://127.0.0.1:{port}"
    start(["influxd", "-config", str(config)], is_up(f"{home}/ping"))
    ask(f"{home}/query", b"q=CREATE+DATABASE+city", **{"Content-Type": "application/x-www-form-urlencoded"})
    lines = list(write_lines(observations()))
    for first in range(0, len(lines), BATCH):
        ask(f"{home}/write?db=city&precision=s", "\n".join(lines[first : first + BATCH]).encode())
    return home


def write_lines(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """InfluxDB line protocol: measurement, tag, field, time in seconds."""
    from datetime import datetime  # noqa: PLC0415

    for row in rows:
        seconds = int(datetime.fromisoformat(row["at"]).timestamp())
        yield f"noise,device={row['device']} value={row['value']!r} {seconds}"


def start_json_server(start: Start, folder: Path) -> str:
    """Both tables, with Link and X-Total-Count."""
    program, port = find("PEER_JSON_SERVER"), free_port()
    tables = {"assets": assets(), "observations": [{"id": n, **row} for n, row in enumerate(observations())]}
    (folder / "db.json").write_text(json.dumps(tables), encoding="utf-8")
    command = ["node", program, "--port", str(port), "--host", "127.0.0.1", "--quiet", str(folder / "db.json")]
    start(command, is_up(f"http://127.0.0.1:{port}/assets?_limit=1"), cwd=folder)
    return f"http://127.0.0.1:{port}"


def start_wiremock(start: Start, folder: Path) -> str:
    """WireMock with nothing to say yet."""
    program, port = find("PEER_WIREMOCK"), free_port()
    command = ["java", "-jar", program, "--port", str(port), "--root-dir", str(folder), "--bind-address", "127.0.0.1"]
    start([*command, "--disable-banner"], is_up(f"http://127.0.0.1:{port}/__admin/mappings"), cwd=folder)
    return f"http://127.0.0.1:{port}"


def play(home: str, answers: list[Mapping[str, Any]], path: str = "/assets") -> None:
    """Have WireMock give these answers one after the other; the last one is given for ever."""
    ask(f"{home}/__admin/reset", b"")
    for number, answer in enumerate(answers):
        last = number == len(answers) - 1
        state = {"requiredScenarioState": "Started" if number == 0 else str(number)}
        moves = {} if last else {"newScenarioState": str(number + 1)}
        mapping = {
            "scenarioName": "script", **state, **moves,
            "request": {"method": "GET", "urlPath": path}, "response": answer,
        }  # fmt: skip
        ask(f"{home}/__admin/mappings", json.dumps(mapping).encode(), **{"Content-Type": "application/json"})


__all__ = ["answers", "play", "start_influx", "start_json_server", "start_pygeoapi", "start_wiremock"]
