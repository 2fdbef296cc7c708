"use strict";
// Shows a pair of replies, takes a vote, shows the next. Text of models is put in as text, never as HTML.

const REST = 300; // milliseconds in which a new pair takes no vote: the second half of a double click
const RETRY = 2000;
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]/;
const FENCED = /^[ \t]*```[^\n]*\n[\s\S]*?(?:^[ \t]*```[ \t]*$|(?![\s\S]))/gm;
const KEYS = { 1: "left2", 2: "left1", 3: "tie", 4: "right1", 5: "right2", b: "both_bad", s: "skip" };

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
let page = null, attempt = "", began = 0, away = 0, shownAt = 0, busy = false;

// --- Asking the server ---------------------------------------------------------------------------

async function ask(path, body) {
  for (;;) {
    let answer;
    try {
      answer = await fetch(path, {
        method: "POST", body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", "X-Rater": query.get("rater") || "", "X-Token": query.get("token") || "" },
      });
    } catch {
      say("No connection. What you have chosen is kept here and is sent again until it is saved.");
      await new Promise((go) => setTimeout(go, RETRY));
      continue;
    }
    const said = await answer.json();
    if (answer.ok) { say(""); return said; }
    const error = new Error(said.error);
    error.status = answer.status;
    throw error;
  }
}

async function during(work) { // one request at a time
  if (busy) return;
  busy = true;
  document.body.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    if (error.status === 409) show(await ask("/api/next", {}));
    say(error.message);
  } finally {
    busy = false;
    document.body.removeAttribute("aria-busy");
  }
}

const next = () => during(async () => show(await ask("/api/next", {})));
const undo = () => during(async () => show(await ask("/api/back", { task: page.task ? page.task.key : "" })));

const vote = (choice) => {
  if (!page || !page.task || performance.now() - shownAt < REST) return;
  during(async () => {
    const earlier = page.task.vote;
    mark(choice);
    show(await ask("/api/vote", {
      task: page.task.key, choice, attempt, notes: $("notes").value, left: ratings("left"), right: ratings("right"),
      seconds: (performance.now() - began - away) / 1000, replaces: earlier ? earlier.number : null,
    }));
  });
};

// --- Showing -------------------------------------------------------------------------------------

function show(got) {
  page = got;
  const task = page.task;
  for (const id of ["rating", "verdict"]) $(id).hidden = !task;
  $("done").hidden = Boolean(task);
  $("welcome").hidden = true;
  $("link").hidden = $("meter").hidden = false;
  $("undo").hidden = !page.canUndo;
  $("progress").textContent = `${page.done} of ${page.total}` + (task && task.vote ? ", changing a vote" : "");
  $("meter").firstElementChild.style.width = `${(100 * page.done) / page.total}%`;
  $("decide").textContent = page.more;
  $("own").textContent = $("own").href = location.href;
  if (task) showTask(task);
  (task ? $("rating") : $("done")).focus({ preventScroll: true });
  scrollTo(0, 0);
}

function showTask(task) {
  $("question").replaceChildren(...task.lines.map(line));
  $("question").scrollTop = $("question").scrollHeight; // the last words are those that were answered
  fill($("left"), task.replies[0]);
  fill($("right"), task.replies[1]);
  const earlier = task.vote || { left: {}, right: {}, notes: "", choice: "" };
  showCriteria(earlier);
  $("notes").value = earlier.notes;
  $("more").open = $("more").open && matchMedia("(min-width: 44rem)").matches || Boolean(task.vote && (earlier.notes || Object.keys(earlier.left).length || Object.keys(earlier.right).length));
  mark(earlier.choice);
  attempt = Array.from(crypto.getRandomValues(new Uint8Array(12)), (one) => one.toString(16).padStart(2, "0")).join("");
  began = shownAt = performance.now();
  away = 0;
}

function line({ who, text }) {
  const box = element("div", "line");
  box.append(element("b", "", who), fill(element("div", "text"), { text }));
  return box;
}

function fill(box, { text, cut }) { // code between fences keeps its lines, all else wraps
  box.replaceChildren();
  let at = 0;
  const put = (kind, part) => {
    const words = part.replace(/^\n+|\s+$/g, "");
    if (words) box.append(visible(element(kind), words));
  };
  for (const code of text.matchAll(FENCED)) {
    put("p", text.slice(at, code.index));
    put("pre", code[0]);
    at = code.index + code[0].length;
  }
  put("p", text.slice(at));
  if (!text.trim()) box.append(element("p", "note", "(an empty reply)"));
  if (cut) box.append(element("p", "note", "(cut: it had reached its limit)"));
  return box;
}

function visible(box, text) { // characters that hide or turn text round are named instead
  if (box.tagName === "P") box.dir = "auto";
  for (const one of text.split(new RegExp(`(${HIDDEN.source})`))) {
    if (one.length === 1 && HIDDEN.test(one)) {
      box.append(element("span", "mark", "U+" + one.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")));
    } else box.append(one);
  }
  return box;
}

function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function mark(choice) {
  for (const button of document.querySelectorAll("[data-choice]")) {
    button.classList.toggle("chosen", button.dataset.choice === choice);
  }
}

function say(words) {
  $("alert").replaceChildren(...(words ? [element("span", "", words)] : []));
  $("alert").hidden = !words;
}

// --- Ratings of each reply -----------------------------------------------------------------------

function showCriteria(earlier) {
  $("criteria").replaceChildren();
  for (const [name, what] of Object.entries(page.criteria)) {
    const title = element("div", "name", name);
    title.append(element("small", "", what));
    $("criteria").append(title, five("left", name, earlier.left[name]), five("right", name, earlier.right[name]));
  }
}

function five(side, name, chosen) {
  const row = element("fieldset", side);
  const legend = element("legend", "", side === "left" ? "A" : "B");
  legend.setAttribute("aria-label", `${name} of ${legend.textContent}`);
  row.append(legend);
  for (let value = 1; value <= 5; value++) {
    const label = element("label", "", String(value));
    const input = element("input");
    Object.assign(input, { type: "radio", name: `${side}-${name}`, value: String(value), checked: value === chosen });
    label.append(input);
    row.append(label);
  }
  return row;
}

function ratings(side) {
  const found = {};
  for (const input of document.querySelectorAll(`fieldset.${side} input:checked`)) {
    found[input.name.slice(side.length + 1)] = Number(input.value);
  }
  return found;
}

function goTo(row) {
  if (row) (row.querySelector("input:checked") || row.querySelector("input")).focus();
}

function rate(event, row) { // keys while a line of the ratings is marked
  const rows = [...document.querySelectorAll("fieldset")], at = rows.indexOf(row);
  if (/^[1-5]$/.test(event.key)) {
    row.querySelector(`input[value="${event.key}"]`).checked = true;
    goTo(rows[at + 1]);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") goTo(rows[at + (event.key === "ArrowDown" ? 1 : -1)]);
  else if (event.key === "Delete" || event.key === "Backspace") for (const input of row.querySelectorAll("input")) input.checked = false;
  else return false;
  event.preventDefault();
  return true;
}

// --- What the rater does -------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !page) return;
  const at = document.activeElement, row = at.closest("fieldset");
  if (event.key === "Escape") { (page.task ? $("rating") : $("done")).focus(); return; }
  if (at.matches("textarea") || (row && rate(event, row)) || event.repeat) return;
  const key = event.key.toLowerCase();
  if (key in KEYS) vote(KEYS[key]);
  else if (key === "u" && page.canUndo) undo();
  else if (key === "?") help();
  else if (page.task && key === "r") { $("more").open = true; goTo(document.querySelector("fieldset")); }
  else if (page.task && key === "n") { $("more").open = true; $("notes").focus(); }
  else return;
  event.preventDefault();
});

function help() {
  $("keys").hidden = !$("keys").hidden;
  $("help").setAttribute("aria-expanded", String(!$("keys").hidden));
}

$("verdict").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) vote(button.dataset.choice);
});
$("undo").addEventListener("click", undo);
$("help").addEventListener("click", help);
$("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(location.href);
  $("copy").textContent = "Copied";
});
$("join").addEventListener("submit", (event) => {
  event.preventDefault();
  during(async () => {
    query.set("rater", (await ask("/api/join", { name: $("name").value })).rater);
    history.replaceState(null, "", "?" + query);
    show(await ask("/api/next", {}));
  });
});
let left = 0;
document.addEventListener("visibilitychange", () => { // time away is no time for this vote
  if (document.hidden) left = performance.now();
  else away += performance.now() - Math.max(left, began);
});
addEventListener("pageshow", (event) => { if (event.persisted && page) next(); });

if (query.get("rater")) next();
else { $("welcome").hidden = false; $("name").focus(); }
