"use strict";
const by = id => document.getElementById(id);
const all = (css, root = document) => [...root.querySelectorAll(css)];
let now = null, sought = 0;

const placed = () => all(".segment").filter(node => node.dataset.start !== "");
const whole = () => +by("rail").dataset.seconds || 1;

function seek(time, play = false) {
  const cut = by("cut");
  if (!cut) return;
  sought = cut.currentTime = time + 0.001;
  if (play) cut.play();
}
// Where the cut stands; until it is loaded, where it will.
function stands() {
  const cut = by("cut");
  return cut?.readyState ? cut.currentTime : sought;
}
function show(key) {
  if (!by("panel-" + key)) return;
  now = key;
  all("[data-go]").forEach(node => { const mine = node.dataset.go === key; node.classList.toggle("now", mine); mine ? node.setAttribute("aria-current", "true") : node.removeAttribute("aria-current"); });
  all(".segment").forEach(node => {
    const mine = node.dataset.segment === key;
    if (!mine) all("video, audio", node).forEach(one => one.pause());
    node.hidden = !mine;
  });
  // A clip without a poster shows its first frame: it is fetched when its segment is looked at, not before.
  all("video[data-still]", by("panel-" + key)).forEach(one => { one.preload = "metadata"; });
  document.dispatchEvent(new CustomEvent("shown", { detail: key }));
}
function go(key) {
  show(key);
  const start = by("panel-" + key)?.dataset.start;
  if (start) seek(+start);
}
function follow() {
  const cut = by("cut"), parts = placed();
  if (!cut || !parts.length) return;
  const time = cut.currentTime;
  const found = (parts.find(node => time < +node.dataset.end - 0.001) || parts.at(-1)).dataset.segment;
  if (found !== now) show(found);
  by("needle").style.left = Math.min(100, 100 * time / whole()) + "%";
  const words = all(".words button", by("panel-" + found)), spoken = words.findIndex(word => time < +word.dataset.end);
  const from = Math.max(0, (spoken < 0 ? words.length : spoken) - 3);
  by("said").replaceChildren(...words.slice(from, from + 7).flatMap(word => {
    const node = document.createElement(time >= +word.dataset.start && time < +word.dataset.end ? "b" : "span");
    node.textContent = word.textContent;
    return [node, " "];
  }));
  words.forEach(word => word.classList.toggle("now", time >= +word.dataset.start && time < +word.dataset.end));
}
function step(by_) {
  const keys = all(".segment").map(node => node.dataset.segment), at = Math.max(0, keys.indexOf(now) + by_);
  go(keys[Math.min(keys.length - 1, at)]);
}
async function copy(button) {
  const code = button.parentElement.querySelector("code");
  try { await navigator.clipboard.writeText(code.textContent); }
  catch { const range = document.createRange(); range.selectNodeContents(code); getSelection().removeAllRanges(); getSelection().addRange(range); document.execCommand("copy"); }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1400);
}
function together(button) {
  // One is heard: the voice beside the button, where there is one, else the first clip.
  const row = button.closest(".row"), playing = [...all("audio", row), ...all("video", row.nextElementSibling)], start = playing[0].paused;
  playing.forEach((one, index) => {
    if (!start) return one.pause();
    one.muted = index > 0;
    one.currentTime = playing[0].ended ? 0 : playing[0].currentTime;
    one.play();
  });
}
document.addEventListener("click", event => {
  const link = event.target.closest("[data-go]"), button = event.target.closest("button");
  if (link) { event.preventDefault(); history.replaceState(null, "", "#" + link.dataset.go); go(link.dataset.go); }
  else if (button?.classList.contains("copy")) copy(button);
  else if (button?.classList.contains("together")) together(button);
  else if (button?.closest(".words")) seek(+button.dataset.start, true);
});
document.addEventListener("change", event => {
  if (event.target.id !== "other") return;
  const chosen = event.target.selectedOptions[0], figure = by("pair").lastElementChild;
  by("open").href = chosen.dataset.review;
  figure.querySelector("video").src = chosen.value;
  figure.querySelector("figcaption").textContent = chosen.textContent;
});
document.addEventListener("keydown", event => {
  if (event.target.closest("video, audio, select, input, textarea, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
  const cut = by("cut");
  if (event.key === " " && cut && !event.target.closest("button, a, summary")) { event.preventDefault(); cut.paused ? cut.play() : cut.pause(); }
  if (event.key === "ArrowRight") step(1);
  if (event.key === "ArrowLeft") step(-1);
});
function listen() {
  const cut = by("cut");
  if (!cut || cut.dataset.heard) return;
  cut.dataset.heard = "yes";
  ["timeupdate", "seeking"].forEach(kind => cut.addEventListener(kind, () => { if (cut.seeking || !cut.paused) follow(); }));
  cut.addEventListener("seeked", follow);
  cut.addEventListener("play", function tick() { if (!cut.paused && cut.isConnected) { follow(); requestAnimationFrame(tick); } });
}
addEventListener("hashchange", () => go(location.hash.slice(1)));
listen();
{
  const asked = location.hash.slice(1), first = by("panels")?.querySelector(".segment");
  if (asked && by("panel-" + asked)) {
    const start = by("panel-" + asked).dataset.start, cut = by("cut");
    show(asked);
    if (cut && start) {
      sought = +start + 0.001;  // a note may be left before the cut has loaded
      cut.addEventListener("loadedmetadata", () => seek(+start), { once: true });
    }
    by("panel-" + asked).scrollIntoView({ block: "nearest" });
  } else if (first) show(first.dataset.segment);
}
