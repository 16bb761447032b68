/* Filters a list that is complete in the page: <form class="filters" data-filter="#id">, items with data-kind, data-text. */
(function () {
  "use strict";
  document.querySelectorAll("form.filters[data-filter]").forEach(function (form) {
    var list = document.querySelector(form.dataset.filter);
    var count = form.querySelector(".filters__count");
    var text = form.querySelector(".filters__text");
    if (!list) return;
    var items = Array.from(list.querySelectorAll("[data-kind], [data-text]"));
    function apply() {
      var choice = form.querySelector("input[type=radio]:checked");
      var kind = choice ? choice.value : "";
      var words = text ? text.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
      var shown = 0;
      items.forEach(function (item) {
        var hay = (item.dataset.text || item.textContent).toLowerCase();
        var fits = (!kind || item.dataset.kind === kind) && words.every(function (word) { return hay.includes(word); });
        item.hidden = !fits;
        if (fits) shown += 1;
      });
      if (count) count.textContent = shown + " of " + items.length + " shown";
    }
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("input", apply);
    apply();
  });
})();
