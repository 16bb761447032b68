/* Says "late" beside a promise that has passed, by the reader's own clock, even when nothing is published any more.
   No request is made: <time data-due="2026-11-24T08:00:00Z"> holds the date of the promise, and assets/status.js, which
   moves with each run, how long the last good check holds where nothing had changed (see /status.json). */
(function () {
  "use strict";
  var root = new URL("..", document.currentScript.src);
  var status = (window.LAMPPOST_STATUS || {}).datasets || {};
  var valid = {};
  Object.keys(status).forEach(function (name) {
    if (status[name].valid_until) valid[new URL(status[name].page, root).pathname] = Date.parse(status[name].valid_until);
  });

  /* The dataset of a date: that of the card or row it stands in, else of the page. */
  function validUntil(element) {
    var card = element.closest(".card, tr, li");
    var link = card && card.querySelector("a[href]");
    return Math.max(Date.parse(element.dataset.due), valid[link ? link.pathname : location.pathname] || 0);
  }
  function check() {
    document.querySelectorAll("time[data-due]").forEach(function (element) {
      var late = Date.now() > validUntil(element);
      if (!late || element.classList.contains("late")) return;
      element.classList.add("late");
      var mark = document.createElement("span");
      mark.className = "badge badge--bad late__mark";
      mark.textContent = "late";
      element.after(" ", mark);
    });
  }
  check();
  setInterval(check, 60000);
})();
