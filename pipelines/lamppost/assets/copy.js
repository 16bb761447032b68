/* A button on each block of code that copies it; without a clipboard (a page from a folder, an old browser) there is none. */
(function () {
  "use strict";
  if (!navigator.clipboard) return;
  document.querySelectorAll(".md-typeset pre > code").forEach(function (code) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(code.textContent).then(function () {
        button.textContent = "Copied";
        setTimeout(function () { button.textContent = "Copy"; }, 2000);
      });
    });
    var frame = document.createElement("div");
    frame.className = "copyable";
    code.parentElement.replaceWith(frame);
    frame.append(code.parentElement, button);
  });
})();
