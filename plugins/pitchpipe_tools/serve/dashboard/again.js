// Asks the server for the page's numbers anew, and says so where it does not answer.
const body = document.getElementById("body");
const places = () => [...body.querySelectorAll(".scroll")];

async function again() {
  if (!document.hidden) {
    try {
      const answer = await fetch("/dashboard/body", { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const text = await answer.text();
      if (!getSelection().toString()) {
        const lefts = places().map((place) => place.scrollLeft);
        body.innerHTML = text;
        places().forEach((place, number) => { place.scrollLeft = lefts[number] || 0; });
      }
      body.classList.remove("late");
    } catch {
      body.classList.add("late");
    }
  }
}

setInterval(again, 5000);
document.addEventListener("visibilitychange", again);
