"use strict";
{
  const byId = id => document.getElementById(id);
  const each = (css, root = document) => [...root.querySelectorAll(css)];
  const base = byId("desk").dataset.base;
  const usd = amount => {
    const whole = Math.abs(amount) >= 0.1 || +amount.toFixed(4) === +amount.toFixed(2);
    return "$" + amount.toFixed(0 < amount && amount < 0.0001 ? 6 : whole ? 2 : 4);
  };
  const prices = new Map();

  let toast, said;
  const tell = (text, { bad = false, run = "" } = {}) => {
    const box = byId("said-by-desk");
    if (!box) return;
    said = { text, bad, run };
    box.textContent = text + " ";
    if (run) box.append(Object.assign(document.createElement("a"), { href: "/runs/" + run, textContent: "the run" }));
    box.classList.toggle("bad", bad);
    box.hidden = false;
    const over = () => {
      if (box.matches(":hover, :focus-within")) toast = setTimeout(over, 2000);  // somebody reads it
      else { box.hidden = true; said = undefined; }
    };
    clearTimeout(toast);
    toast = setTimeout(over, bad ? 15000 : 6000);
  };
  // What was said is said on the next page too, where another one takes the place of this at once.
  const leave = path => {
    try { if (said) sessionStorage.setItem("said", JSON.stringify(said)); } catch { /* the browser keeps nothing */ }
    Live.leave();
    location.assign(path);
  };
  try {
    const kept = sessionStorage.getItem("said");
    sessionStorage.removeItem("said");
    if (kept) tell(JSON.parse(kept).text, JSON.parse(kept));
  } catch { /* it kept nothing */ }
  const ask = async path => {
    const answer = await fetch(base + path);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const send = async (path, body) => {
    let answer, said;
    try {
      answer = await fetch(base + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      said = await answer.text();
    } catch { throw new Error("the server did not answer, so it is not known whether this was done: look before you ask again"); }
    let told;
    try { told = JSON.parse(said); } catch { told = { error: answer.status === 403 ? said.trim() : "" }; }  // the guard's words
    if (!answer.ok || told.error !== undefined) throw new Error(told.error || "the server did not answer as it should");
    return told;
  };
  const sure = (what, note = "") => new Promise(resolve => {
    const dialog = byId("sure");
    byId("sure-what").textContent = what;
    byId("sure-note").textContent = note;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });

  // Prices: asked for when their buttons are seen, so that none is pressed without one. Each belongs to the segment of
  // its place, or to the whole episode.
  const place = node => node.closest("[data-priced], .segment, #whole");
  const price = async where => {
    const buttons = each("[data-price]", where), segment = where.dataset.priced ?? where.dataset.segment ?? "";
    if (!buttons.length) return;
    const query = segment ? "?segment=" + segment : "";
    try {
      if (!prices.has(query)) prices.set(query, ask("/prices" + query));
      const found = await prices.get(query), notes = new Set();
      const said = one => one.usd === null ? "no price" : (one.exact ? "" : "about ") + usd(one.usd);
      each("[data-shown-price]", where).forEach(node => { node.textContent = said(found[node.dataset.shownPrice]); });
      const ways = Live.held();
      buttons.forEach(button => {
        const one = found[button.dataset.price];
        button.disabled = one.usd === null || button.dataset.off !== undefined;
        button.dataset.usd = one.usd ?? "";
        button.dataset.note = one.note;
        button.querySelector(".price").textContent = said(one);
        [one.note, ...one.warnings].forEach(note => note && notes.add(note));
      });
      Live.keep(ways);
      const told = where.querySelector("[data-told]");
      if (told) told.textContent = [...notes].join(" ");
    } catch (error) { prices.delete(query); tell(error.message, { bad: true }); }
  };
  // Models to compare: the price of those that are ticked.
  const tally = () => {
    const button = document.querySelector("[data-act=compare]"), picked = each("[data-model]:checked");
    if (!button) return;
    button.dataset.usd = picked.reduce((sum, one) => sum + +one.dataset.usd, 0);
    button.disabled = picked.length < 2 || button.dataset.off !== undefined;
    button.querySelector(".price").textContent = picked.length < 2 ? "two or more" : usd(+button.dataset.usd);
  };
  document.addEventListener("change", event => { if (event.target.dataset.model !== undefined) tally(); });
  const priceAll = () => { tally(); return Promise.all(each("[data-priced], #whole").map(price)); };
  document.addEventListener("shown", event => { const panel = byId("panel-" + event.detail); if (panel) price(panel); });

  const acts = {
    approve: button => ["", "/approve", { prices: button.dataset.marks.split(" ") }],
    decline: button => ["", "/decline", { prices: button.dataset.marks.split(" ") }],
    takeBack: button => ["", "/take-back", { prices: [button.dataset.marks] }],
    declineMatch: button => ["", "/decline", { comparison: { [button.dataset.segment]: button.dataset.mark } }],
    declineVoice: button => ["", "/decline", { voices: { [button.dataset.segment]: button.dataset.voice } }],
    accept: button => ["", "/approve", { voices: { [button.dataset.segment]: button.dataset.voice } }],
    retake: button => [`Make the ${button.dataset.of} of ${button.dataset.segment} anew`, "/retake", { segment: button.dataset.segment, part: button.dataset.of }],
    make: () => ["Make what is missing", "/make", {}],
    compare: button => [`Make it by ${each("[data-model]:checked").length} models`, "/compare", { models: each("[data-model]:checked").map(one => one.value) }],
    approveMatch: button => ["", "/approve", { comparison: { [button.dataset.segment]: button.dataset.mark } }],
    voice: () => ["Make the voice", "/voice", {}],
    take: button => [`Use the earlier take of ${button.dataset.segment}`, "/take", { segment: button.dataset.segment, number: +button.dataset.number }],
    archive: button => [button.dataset.what, "/archive", {}],
    settle: button => ["", "/notes/" + button.dataset.id, { done: Boolean(button.dataset.done) }],
  };
  const act = async button => {
    const [what, path, body] = acts[button.dataset.act](button);
    if (button.dataset.shown) body.shown = button.dataset.shown;
    if ("usd" in button.dataset) body.usd = +button.dataset.usd;
    if (body.usd > 0 && !await sure(`${what} for ${button.querySelector(".price").textContent}?`, button.dataset.note)) return;
    if (button.dataset.what && !await sure(button.dataset.what + "?", button.dataset.note)) return;
    button.setAttribute("aria-disabled", "true");  // not `disabled`: that would take the focus away
    button.classList.add("busy");
    try {
      const told = await send(path, body);
      if (told.told) tell(told.told, told);
      if (told.go) return leave(told.go);
    } catch (error) {
      tell(error.message, { bad: true });
    }
    // What was shown may be no longer so: the page shows what is, and each button its price.
    await Live.refresh(true).catch(() => {});
    if (button.isConnected && place(button)) await price(place(button));
    tally();
    button.classList.remove("busy");
    button.removeAttribute("aria-disabled");
  };
  document.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (button?.classList.contains("busy")) return;
    if (button?.dataset.act) act(button);
    else if (button?.dataset.seek !== undefined) seek(+button.dataset.seek);
  });
  document.addEventListener("focusin", event => { if (event.target.id === "note-text") byId("cut")?.pause(); });
  document.addEventListener("submit", async event => {
    if (event.target.id !== "note") return;
    event.preventDefault();
    const text = byId("note-text"), button = event.target.querySelector("button"), words = text.value;
    const cut = byId("cut")?.getAttribute("src") ?? "";
    if (button.classList.contains("busy")) return;
    button.classList.add("busy");
    try {
      await send("/notes", { seconds: stands(), text: words, cut });
      if (text.value === words) text.value = "";  // what was typed meanwhile is the next one's
    } catch (error) { tell(error.message, { bad: true }); }
    await Live.refresh(true).catch(() => {});
    button.classList.remove("busy");
  });
  setInterval(() => {
    if (!byId("note-at")) return;
    const at = stands();
    byId("note-at").textContent = Math.floor(at / 60) + ":" + String(Math.floor(at % 60)).padStart(2, "0");
  }, 250);
  document.addEventListener("keydown", event => {
    if (event.key === "n" && byId("note-text") && !event.target.closest("input, textarea, select, dialog") && !event.ctrlKey && !event.metaKey) { event.preventDefault(); byId("cut").pause(); byId("note-text").focus(); }
  });

  // When the page has changed where it stands: the player may be another one, and each price is asked for again.
  Live.after(() => {
    prices.clear();
    if (typeof listen === "function") {
      listen();
      const first = document.querySelector("#panels .segment");
      if (now && byId("panel-" + now)) show(now);
      else if (first) show(first.dataset.segment);
    }
    return priceAll();
  });
  priceAll();
  if (typeof show === "function" && now) price(byId("panel-" + now));
  if (new URLSearchParams(location.search).has("play")) {
    const clip = document.querySelector(".segment:not([hidden]) .whole video") || document.querySelector(".segment:not([hidden]) video");
    if (clip) {
      clip.closest(".segment").scrollIntoView({ block: "start" });
      clip.play().catch(() => { clip.muted = true; clip.play().catch(() => {}); });
    }
  }
}
