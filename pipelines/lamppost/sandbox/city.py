"""All systems of the sandbox under one roof: started on a free port of 127.0.0.1, stopped without a trace."""

import tempfile
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from lamppost.sandbox.arcgis import LAYER, make_arcgis
from lamppost.sandbox.budget import write_budget
from lamppost.sandbox.contracts import write_contracts
from lamppost.sandbox.gbfs import make_gbfs
from lamppost.sandbox.meraki import API_KEY, ORGANISATION, make_meraki
from lamppost.sandbox.open311 import make_open311
from lamppost.sandbox.sensorthings import make_sensorthings
from lamppost.sandbox.server import Server

NOTE = "LAMPPOST-SIMULATED.txt"


class Sandbox:
    """A running sandbox; also a context manager that closes it."""

    def __init__(self, server: Server, folder: Path, made: tempfile.TemporaryDirectory[str] | None) -> None:
        self._server, self._made = server, made
        self.environ = _name_addresses(server.origin, folder)

    def serve_forever(self) -> None:
        """Block until another thread closes the sandbox, or the keyboard interrupts."""
        self._server.wait()

    def close(self) -> None:
        """Stop answering; a folder that was not given is deleted."""
        self._server.close()
        if self._made:
            self._made.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start(today: date, seed: int = 1, folder: Path | None = None) -> Sandbox:
    """Start every system as it stands at the first second of `today` in the city.

    Database and workbook are written to `folder`, anew at each start; without one, to a temporary folder.
    `Sandbox.environ` has a value for each `${NAME}` that the descriptors of the reference city use, and
    `LAMPPOST_SANDBOX`, the one address on this machine that a run may ask.
    """
    made = None if folder else tempfile.TemporaryDirectory(prefix="lamppost-sandbox-", ignore_cleanup_errors=True)
    place = folder or Path(str(made and made.name))
    place.mkdir(parents=True, exist_ok=True)
    write_contracts(place / "contracts.sqlite", today, seed)
    write_budget(place / "budget", today, seed)
    for one in (place, place / "budget"):
        (one / NOTE).write_text("Made up by the Lamppost sandbox: no city's data.\n", encoding="utf-8", newline="\n")
    server = Server(
        {
            "/meraki/api/v1": make_meraki(today, seed),
            "/arcgis": make_arcgis(seed),
            "/iot/v1.1": make_sensorthings(today, seed),
            "/gbfs/3.0": make_gbfs(today, seed),
            "/georeport/v2": make_open311(today, seed),
        }
    )
    server.begin()
    return Sandbox(server, place, made)


def _name_addresses(origin: str, folder: Path) -> dict[str, str]:
    return {
        "LAMPPOST_SANDBOX": origin,
        "MERAKI_URL": f"{origin}/meraki/api/v1",
        "MERAKI_ORG": ORGANISATION,
        "MERAKI_API_KEY": API_KEY,
        "STREETLIGHT_LAYER_URL": f"{origin}/arcgis{LAYER}",
        "IOT_GATEWAY_URL": f"{origin}/iot/v1.1",
        "GBFS_URL": f"{origin}/gbfs/3.0/gbfs.json",
        "OPEN311_URL": f"{origin}/georeport/v2",
        "OPEN311_API_KEY": API_KEY,
        "CONTRACTS_DB_URL": f"sqlite:///{(folder / 'contracts.sqlite').resolve().as_posix()}",
        "BUDGET_FOLDER": str((folder / "budget").resolve()),
    }
