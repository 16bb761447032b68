"""After the engine: a strict Content-Security-Policy in every page, and proof that nothing in a page needs more.

No hash and no `unsafe-inline` for scripts: the theme loads every script from a file, so the rule is the same for every
page and an injected script can never be hashed in. A page with an inline script or an event attribute is refused.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

from lamppost.errors import BuildError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
META = (
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    '<meta name="referrer" content="strict-origin-when-cross-origin">'
)
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
DATA_SCRIPTS = frozenset({"application/json", "application/ld+json"})
LOADING = frozenset({"stylesheet", "preload", "icon", "preconnect", "dns-prefetch"})
"""Relations of a <link> that make a browser ask for its address."""


class _Auditor(HTMLParser):
    """Collects what the policy would block or what loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in values and values.get("type", "") not in DATA_SCRIPTS:
            self.faults.append("an inline script")
        if tag == "style":
            self.faults.append("an inline <style>")
        self.faults += [f"an event attribute {name} on <{tag}>" for name in values if name.startswith("on")]
        if "style" in values:
            self.faults.append(f"a style attribute on <{tag}>")
        for name in ("src", "href", "action", "xlink:href"):
            value = values.get(name, "").strip().lower()
            if value.startswith(("javascript:", "vbscript:")) or (value.startswith("data:") and tag != "img"):
                self.faults.append(f"an address that runs or hides code in {name} of <{tag}>")
            if tag in {"script", "img", "iframe", "source", "video", "audio"} and name == "src" and "//" in value[:8]:
                self.faults.append(f"a third-party request: <{tag} src={values[name]!r}>")
            if tag == "link" and name == "href" and _loads(values) and "//" in value[:8]:
                self.faults.append(f"a third-party request: <link href={values[name]!r}>")


def _loads(attributes: dict[str, str]) -> bool:
    return not LOADING.isdisjoint(attributes.get("rel", "").split())


def audit(html: str) -> list[str]:
    """What the policy would block in this page; empty for a clean page."""
    auditor = _Auditor()
    auditor.feed(html)
    auditor.close()
    return list(dict.fromkeys(auditor.faults))


def _audit_svg(path: Path) -> list[str]:
    """What could run when a drawing is opened by itself, where no page's policy holds."""
    found = audit(path.read_text(encoding="utf-8", errors="replace"))
    return [fault for fault in found if "script" in fault or "event" in fault or "runs" in fault]


def harden_page(html: str) -> str:
    """The page with the policy as the first thing in its head; a page that already has it stays as it is."""
    if 'http-equiv="Content-Security-Policy"' in html:
        return html
    return HEAD.sub(lambda match: match.group(0) + META, html, count=1)


def harden(site: Path) -> int:
    """Put the policy into every page below `site`; give the number of pages; BuildError names each page at fault."""
    faults = [
        f"{path.relative_to(site).as_posix()}: {fault}" for path in site.rglob("*.svg") for fault in _audit_svg(path)
    ]
    pages = sorted(site.rglob("*.html"))
    for path in pages:
        html = path.read_text(encoding="utf-8")
        faults += [f"{path.relative_to(site).as_posix()}: {fault}" for fault in audit(html)]
        path.write_text(harden_page(html), encoding="utf-8", newline="\n")
    if faults:
        listed = "\n  ".join(faults[:20])
        broken = "what the site's security policy forbids was found; expected none; take it out, the old site stays"
        raise BuildError(f"{broken}:\n  {listed}")
    return len(pages)
