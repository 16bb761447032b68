/* The header's three buttons, and keyboard access to search and wide tables. The page is complete without it. */
(function () {
  "use strict";
  var root = document.documentElement;

  function menu() {
    var button = document.querySelector(".menu-button");
    var nav = document.getElementById("site-nav");
    if (!button || !nav) return;
    function show(open) {
      button.setAttribute("aria-expanded", String(open));
      nav.classList.toggle("site-nav--open", open);
    }
    button.addEventListener("click", function () {
      show(button.getAttribute("aria-expanded") !== "true");
    });
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || button.getAttribute("aria-expanded") !== "true") return;
      show(false);
      button.focus();
    });
  }

  function search() {
    var button = document.querySelector(".search-button");
    var toggle = document.getElementById("__search");
    var close = document.querySelector(".search__close");
    if (!button || !toggle || !close) return;
    var input = document.querySelector(".search__input");
    var dialog = document.querySelector(".search");
    function set(open) {
      if (toggle.checked !== open) toggle.click();
    }
    function react() {
      root.classList.toggle("searching", toggle.checked);
      if (toggle.checked) input.focus();
      else if (dialog.contains(document.activeElement) || document.activeElement === document.body) button.focus();
    }
    new MutationObserver(function () {
      dialog.querySelectorAll("a[tabindex='-1']").forEach(function (link) { link.removeAttribute("tabindex"); });
    }).observe(dialog, { childList: true, subtree: true });
    button.addEventListener("click", function () { set(true); });
    close.addEventListener("click", function () { set(false); });
    toggle.addEventListener("change", react);
    dialog.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { set(false); button.focus(); }
      if (event.key !== "Tab") return;
      event.stopPropagation(); // Material closes its search on Tab
      var stops = Array.from(dialog.querySelectorAll("input, .search__close, .search__scroll, a[href]"));
      var first = stops[0], last = stops[stops.length - 1];
      if (event.shiftKey && document.activeElement === first) { event.preventDefault(); last.focus(); }
      if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); first.focus(); }
    });
  }

  /* Material opens the search and turns pages on single letters; they collide with screen readers and speech input
     (WCAG 2.2, 2.1.4), and cannot be turned off there. */
  function shortcuts() {
    window.addEventListener("keydown", function (event) {
      var editing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key.length === 1 && !editing) event.stopImmediatePropagation();
    }, true);
  }

  function theme() {
    var button = document.querySelector(".theme-button");
    if (!button) return;
    var names = { "": "as on your device", light: "light", dark: "dark" };
    var order = ["", "light", "dark"];
    function label() {
      var text = "Colours: " + names[root.dataset.theme || ""];
      button.setAttribute("aria-label", text);
      button.title = text;
    }
    button.addEventListener("click", function () {
      var next = order[(order.indexOf(root.dataset.theme || "") + 1) % order.length];
      if (next) root.dataset.theme = next;
      else delete root.dataset.theme;
      window.__md_set("theme", next);
      label();
    });
    label();
  }

  /* A table that an author wrote in Markdown gets what the engine's own tables have: a named, focusable frame. */
  function tables() {
    document.querySelectorAll(".md-typeset table:not([class])").forEach(function (table) {
      if (table.closest(".table")) { table.classList.add("table__grid"); return; }
      var frame = document.createElement("div");
      var heading = table.parentElement.querySelector("h2, h1");
      for (var near = table.previousElementSibling; near; near = near.previousElementSibling)
        if (/^H[1-6]$/.test(near.tagName)) { heading = near; break; }
      frame.className = "table";
      frame.tabIndex = 0;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", "Table: " + (table.caption || heading || document.body).textContent.trim().slice(0, 80));
      table.classList.add("table__grid");
      table.replaceWith(frame);
      frame.append(table);
    });
    document.querySelectorAll(".md-typeset pre:not([tabindex])").forEach(function (pre) { pre.tabIndex = 0; });
  }

  menu();
  search();
  shortcuts();
  theme();
  tables();
})();
