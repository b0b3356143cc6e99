// The inbox by keyboard, a quiet bar when something new is there, and common phrases. Everything works without it.
(function () {
  "use strict";
  var list = document.getElementById("inbox");

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("[data-item]")); }
  function at() { return document.querySelector("[data-item].at"); }
  function typing(target) { return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && target.type !== "checkbox"; }

  function move(by) {
    var all = rows(), here = all.indexOf(at());
    var next = all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + by))];
    if (!next) { return; }
    all.forEach(function (row) { row.classList.toggle("at", row === next); });
    next.querySelector("[data-open]").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function pick() {
    var row = at(), box = row && row.querySelector("input[type=checkbox]");
    if (box) { box.checked = !box.checked; count(); }
  }

  function open() {
    var row = at();
    if (row) { window.location = row.querySelector("[data-open]").href; }
  }

  function help() {
    var dialog = document.getElementById("keys-help");
    if (dialog && dialog.showModal && !dialog.open) { dialog.showModal(); }
  }

  function search() { document.getElementById("q").focus(); }

  function count() {
    var shown = document.getElementById("picked");
    if (shown) { shown.textContent = document.querySelectorAll("[data-item] input:checked").length; }
  }

  var KEYS = {
    j: function () { move(1); }, k: function () { move(-1); }, x: pick, o: open, "/": search, "?": help
  };

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    var act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) { event.preventDefault(); act(); }
  }

  // Ask every 20 seconds while the page is seen; the server answers 304 while nothing is new.
  function watch(revision) {
    window.setInterval(function () {
      if (document.visibilityState !== "visible") { return; }
      fetch("/inbox/news", { headers: { "If-None-Match": '"' + revision + '"' }, credentials: "same-origin" })
        .then(function (answer) {
          if (answer.status === 200) { document.getElementById("fresh").hidden = false; }
        })
        .catch(function () { /* offline: the list stays as it is */ });
    }, 20000);
  }

  if (list) {
    document.addEventListener("keydown", pressed);
    document.addEventListener("change", count);
    watch(list.getAttribute("data-revision"));
    count();
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-phrases]"), function (box) {
    var area = document.getElementById(box.getAttribute("data-phrases"));
    box.hidden = false;
    box.addEventListener("click", function (event) {
      var phrase = event.target.getAttribute("data-phrase");
      if (!phrase) { return; }
      area.value = area.value ? area.value.replace(/\s*$/, "\n") + phrase : phrase;
      area.focus();
    });
  });
}());
