"""The security policy of every page."""

from pathlib import Path

import pytest

from lamppost.errors import BuildError
from lamppost.site.harden import META, audit, harden, harden_page

HEAD = '<head><title>x</title><script src="assets/a.js"></script></head>'
CLEAN = f'<html>{HEAD}<body><a href="b.html">b</a></body></html>'


def test_the_policy_is_the_first_thing_in_the_head() -> None:
    assert harden_page(CLEAN).startswith(f"<html><head>{META}<title>")


def test_hardening_twice_is_hardening_once() -> None:
    assert harden_page(harden_page(CLEAN)) == harden_page(CLEAN)


def test_no_script_rule_allows_inline() -> None:
    assert "script-src 'self';" in META
    assert "unsafe" not in META


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<script>alert(1)</script>", "inline script"),
        ('<img src="x.png" onerror="alert(1)">', "event attribute onerror"),
        ('<svg onload="alert(1)"></svg>', "event attribute onload"),
        ('<a href=" JavaScript:alert(1)">x</a>', "address that runs"),
        ('<a href="data:text/html,x">x</a>', "address that runs"),
        ('<script src="https://cdn.example.org/x.js"></script>', "third-party request"),
        ('<link rel="stylesheet" href="//fonts.example.org/x.css">', "third-party request"),
        ('<p style="color:red">x</p>', "style attribute"),
        ("<style>p{}</style>", "inline <style>"),
    ],
)
def test_what_the_policy_would_block_is_found(html: str, fault: str) -> None:
    assert any(fault in found for found in audit(html))


def test_data_in_a_script_element_is_no_script() -> None:
    assert audit('<script type="application/ld+json">{"a": 1}</script>') == []


@pytest.mark.parametrize("body", ["<script>1</script>", '<a href="javascript:1"/>', '<g onload="1"/>'])
def test_a_drawing_that_could_run_something_is_refused(tmp_path: Path, body: str) -> None:
    (tmp_path / "panel.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>', encoding="utf-8")
    with pytest.raises(BuildError, match=r"panel\.svg"):
        harden(tmp_path)


def test_a_drawing_with_styles_of_its_own_is_fine(tmp_path: Path) -> None:
    (tmp_path / "panel.svg").write_text(
        '<svg><style>path{fill:red}</style><path style="fill:red"/></svg>', encoding="utf-8"
    )
    assert harden(tmp_path) == 0


def test_a_page_at_fault_refuses_the_whole_site_by_name(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<html><head></head><script>1</script></html>", encoding="utf-8")
    with pytest.raises(BuildError, match=r"bad\.html: an inline script"):
        harden(tmp_path)
