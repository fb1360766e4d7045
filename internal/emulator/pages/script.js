"use strict";
// Switching the person needs no button where scripts run.
const who = document.querySelector("form.who");
if (who) {
  who.querySelector("button").hidden = true;
  who.querySelector("select").addEventListener("change", () => who.submit());
}

// An issue's page follows the issue: it asks each second whether anything changed.
const status = document.getElementById("live-status");
let busy = false;

async function refresh() {
  const live = document.getElementById("live");
  if (!live || busy || document.hidden) return;
  busy = true;
  try {
    const answer = await fetch(live.dataset.base + "/live?revision=" + live.dataset.revision);
    if (answer.status === 200) {
      const open = [...live.querySelectorAll("details")].map((d) => d.open);
      const had = live.querySelectorAll("details").length;
      const scratch = document.createElement("template");
      scratch.innerHTML = await answer.text();
      const fresh = scratch.content.getElementById("live");
      const details = fresh.querySelectorAll("details");
      if (details.length === had) details.forEach((d, i) => { d.open = open[i]; });
      live.replaceWith(fresh);
      status.textContent = "Updated " + new Date().toLocaleTimeString();
    }
  } catch {
    status.textContent = "The emulator does not answer.";
  } finally {
    busy = false;
  }
}

async function tick(box) {
  const live = document.getElementById("live");
  box.disabled = true;
  const form = new URLSearchParams({ index: box.dataset.task, checked: box.checked, source: live.dataset.source });
  const answer = await fetch(live.dataset.base + "/task", {
    method: "POST", body: form, headers: { "X-Requested-With": "script" },
  });
  if (!answer.ok) {
    box.checked = !box.checked;
    status.textContent = "Not changed: the issue was edited meanwhile.";
    live.dataset.revision = "";
  }
  box.disabled = false;
  await refresh();
}

if (document.getElementById("live")) {
  document.addEventListener("change", (event) => {
    if (event.target.matches("input.task")) tick(event.target);
  });
  setInterval(refresh, 1000);
}

// Lines named in the address, such as #L10-L14, are marked.
function mark() {
  document.querySelectorAll("tr.marked").forEach((row) => row.classList.remove("marked"));
  const range = /^#L(\d+)(?:-L?(\d+))?$/.exec(location.hash);
  if (!range) return;
  const from = Number(range[1]), to = Number(range[2] || range[1]);
  for (let n = from; n <= Math.min(to, from + 5000); n++) {
    document.getElementById("L" + n)?.classList.add("marked");
  }
  document.getElementById("L" + from)?.scrollIntoView({ block: "center" });
}
if (document.querySelector(".code")) {
  window.addEventListener("hashchange", mark);
  mark();
}
