// The application form: documents follow the answers; 1 2 3 4 mark a row, arrows move. Without it a button refreshes the list.
(function () {
  "use strict";
  var form = document.getElementById("apply");
  if (!form) return;
  var known = JSON.parse(form.dataset.conditions);
  document.documentElement.classList.add("scripted");

  function flags() {
    var found = Object.assign({}, known.answers);
    form.querySelectorAll('input[type="radio"][name^="flag."]:checked').forEach(function (input) {
      found[input.name.slice(5)] = input.value === "yes";
    });
    return found;
  }
  function holds(condition, given) {
    if (!condition) return true;
    return condition[0] === "!" ? !given[condition.slice(1)] : !!given[condition];
  }
  function taken(given) {
    return Object.keys(known.members).filter(function (key) {
      var member = known.members[key];
      if (member.condition) return holds(member.condition, given);
      var box = form.querySelector('input[name="members"][value="' + key + '"]');
      return !member.optional || (box && box.checked);
    });
  }
  function calledFor(need, given, chosen) {
    if (known.bundle && chosen.indexOf(need.matter) < 0) return false;
    var own = Object.assign({}, given, {
      verify_only: known.verified.indexOf(need.matter) >= 0,
      in_bundle: chosen.length > 1
    });
    return holds(need.condition, own) && !need.by.some(function (key) { return chosen.indexOf(key) >= 0; });
  }
  function follow() {
    var given = flags(), chosen = taken(given), count = 0;
    form.querySelectorAll("[data-member]").forEach(function (item) {
      item.classList.toggle("off", chosen.indexOf(item.dataset.member) < 0);
    });
    form.querySelectorAll("[data-row]").forEach(function (row) {
      var needs = known.rows[row.dataset.row].filter(function (need) { return calledFor(need, given, chosen); });
      row.hidden = needs.length === 0;
      count += needs.length ? 1 : 0;
      row.querySelectorAll("[data-need]").forEach(function (word) {
        word.hidden = !needs.some(function (need) { return need.matter === word.dataset.need; });
      });
    });
    var told = document.getElementById("paper-count");
    if (told) told.textContent = told.textContent.replace(/\d+/, String(count));
    judge();
  }
  // What is possible as the rows stand: accept, tolerate what is secondary, or ask to mend (R-ACC-2, R-TOL-1).
  function judge() {
    var told = document.getElementById("footer-verdict"), lacking = { primary: [], marked: [], open: [] };
    if (!told || !told.dataset.accept) return;
    rows().forEach(function (row) {
      var input = row.querySelector('input[type="radio"]:checked');
      if (input && (input.value === "received" || input.value === "shared")) return;
      var heap = !row.hasAttribute("data-secondary") ? "primary" : input && input.value === "promised" ? "marked" : "open";
      lacking[heap].push(row.querySelector(".paper > span").textContent.trim());
    });
    var way = lacking.primary.length ? "correct" : lacking.open.length ? "choose" : lacking.marked.length ? "tolerate" : "accept";
    var names = way === "correct" ? lacking.primary : lacking.marked.concat(lacking.open);
    told.textContent = told.dataset[way] + (way === "accept" ? "" : names.join(told.dataset.comma));
    told.dataset.way = way;
  }
  function rows() {
    return Array.prototype.filter.call(form.querySelectorAll("[data-row]"), function (row) { return !row.hidden; });
  }
  function pick(row, key) {
    var input = row.querySelector('input[type="radio"][data-key="' + key + '"]');
    if (!input) return;
    input.checked = true;
    judge();
    step(row, 1) || input.focus();
  }
  function step(row, by) {
    var all = rows(), next = all[all.indexOf(row) + by];
    var input = next && (next.querySelector('input[type="radio"]:checked') || next.querySelector("input"));
    if (input) input.focus();
    return !!input;
  }

  form.addEventListener("change", function (event) {
    if (/^(flag\.|members$)/.test(event.target.name || "")) follow();
    var row = event.target.type === "file" && event.target.closest("[data-row]");
    var received = row && event.target.files.length && row.querySelector('input[type="radio"][value="received"]');
    if (received) received.checked = true;
    judge();
  });
  form.addEventListener("keydown", function (event) {
    var row = event.target.closest("[data-row]");
    if (!row || event.target.type === "file" || event.ctrlKey || event.altKey || event.metaKey) return;
    if ("12345".indexOf(event.key) >= 0) {
      event.preventDefault();
      pick(row, event.key);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(row, event.key === "ArrowDown" ? 1 : -1);
    }
  });
  follow();
})();
