/* In the head, before the first paint. Sets the reader's choice of colours, and the four globals that Material's
   bundle expects from an inline script; the site's root is read from this file's own address (…/assets/early.js). */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.remove("no-js");
  root.classList.add("js");

  var scope = new URL("..", document.currentScript.src);
  window.__md_scope = scope;
  window.__md_hash = function (text) {
    return Array.from(text).reduce(function (sum, letter) {
      return (sum << 5) - sum + letter.charCodeAt(0);
    }, 0);
  };
  window.__md_get = function (key, storage, base) {
    try {
      return JSON.parse((storage || localStorage).getItem((base || scope).pathname + "." + key));
    } catch (error) {
      return null; // storage is off: the reader's device decides
    }
  };
  window.__md_set = function (key, value, storage, base) {
    try {
      (storage || localStorage).setItem((base || scope).pathname + "." + key, JSON.stringify(value));
    } catch (error) {
      return; // storage is off: the choice lasts as long as the page
    }
  };

  var theme = window.__md_get("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
})();
