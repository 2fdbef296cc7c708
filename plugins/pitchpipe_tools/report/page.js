// Searches, sorts and filters the answers; copies commands. Without it, all of the page can be read.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  // --- Copying --------------------------------------------------------------------------------
  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = byId(button.dataset.of).textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(byId(button.dataset.of));
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  // --- Answers --------------------------------------------------------------------------------
  const place = byId("cards"), controls = byId("controls");
  if (!place || !controls) return;
  const step = Number(place.dataset.step);
  const cards = [...place.querySelectorAll("article")].map((card) => ({
    card,
    place: Number(card.dataset.place),
    set: card.dataset.set,
    group: card.dataset.group,
    way: card.dataset.way,
    scores: JSON.parse(card.dataset.scores),
    words: card.querySelectorAll(".words"),
  }));
  for (const one of cards) one.text = [...one.words].map((part) => part.textContent).join("\n").toLowerCase();
  const more = document.createElement("button");
  more.type = "button";
  more.className = "more";
  let shown = step;

  const value = (id) => (byId(id) ? byId(id).value : "");
  const measure = (one, score, what) => {
    if (score === "place") return one.place;
    const [base, tuned] = one.scores[score];
    if (what === "gain") return base === null || tuned === null ? null : tuned - base;
    return tuned === null ? base : tuned;
  };
  const order = (found) => {
    const [score, what, sign] = value("order").split(",");
    const keyed = found.map((one) => [measure(one, score, what), one]);
    keyed.sort(([a, x], [b, y]) => {
      if (a === null || b === null) return (a === null) - (b === null) || x.place - y.place;
      return sign * (a - b) || x.place - y.place;
    });
    return keyed.map(([, one]) => one);
  };
  const mark = (found, words) => {
    if (!window.Highlight || !CSS.highlights) return;
    const ranges = [];
    for (const one of words.length > 1 ? found.slice(0, shown) : []) {
      for (const part of one.words) {
        const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
        for (let node = walk.nextNode(); node; node = walk.nextNode()) {
          const text = node.data.toLowerCase();
          if (text.length !== node.data.length) continue;
          for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + words.length);
            ranges.push(range);
          }
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  };
  const show = () => {
    const words = value("find").trim().toLowerCase();
    const same = (id, own) => !value(id) || value(id) === own;
    const found = order(cards.filter((one) =>
      same("set", one.set) && same("group", one.group) && same("way", one.way) && one.text.includes(words)));
    place.replaceChildren(...found.slice(0, shown).map((one) => one.card));
    if (found.length > shown) {
      more.textContent = `Show ${Math.min(2 * step, found.length - shown)} more`;
      place.append(more);
    }
    byId("matching").textContent = found.length
      ? `${Math.min(shown, found.length)} of ${found.length} matching questions`
      : "No question matches";
    mark(found, words);
  };
  let waiting = 0;
  controls.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { shown = step; show(); }, 60);
  });
  controls.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    const last = shown;
    shown += 2 * step;
    show();
    place.children[last]?.querySelector("h4")?.scrollIntoView({ block: "nearest" });
  });
  controls.hidden = false;
  show();
})();
