"use strict";
// A page that follows what happens. It is first of the page's scripts: what was served is kept as it came, so that later
// only what differs from it is changed, where it stands. All else stays as the person has it: what they type, what is
// open, what plays, where they have scrolled to, and what has the focus.
const Live = (() => {
  const each = (css, root = document) => [...root.querySelectorAll(css)];
  const desk = () => document.getElementById("desk");
  const parsed = html => new DOMParser().parseFromString(html, "text/html");
  let served = parsed(document.documentElement.outerHTML);
  const after = [];  // what is to be done when the page has changed
  const kind = node => node.nodeType !== Node.ELEMENT_NODE ? node.nodeName
    : node.matches("video, audio") ? node.nodeName + node.getAttribute("src")  // another clip is another player
    : `${node.nodeName} ${node.id || node.dataset.part || node.dataset.key || node.dataset.go || node.getAttribute("aria-label") || node.getAttribute("class") || ""}`;

  // `before` is what was served for `live`, `now` what is served for it by now.
  const amend = (live, before, now) => {
    if (before.isEqualNode(now) || before.nodeName === "NOSCRIPT") return;
    if (before.nodeType !== Node.ELEMENT_NODE) { live.data = now.data; return; }
    for (const { name, value } of now.attributes) if (before.getAttribute(name) !== value) live.setAttribute(name, value);
    for (const { name } of before.attributes) if (!now.hasAttribute(name)) live.removeAttribute(name);
    const were = [...before.childNodes], are = [...live.childNodes], wanted = [...now.childNodes];
    if (were.length !== are.length || were.some((node, index) => node.nodeName !== are[index].nodeName)) {  // not as it came
      if (live === document.body) location.reload();
      else live.replaceChildren(...wanted.map(node => document.importNode(node, true)));
      return;
    }
    const there = new Map();
    were.forEach((node, index) => { const key = kind(node); there.has(key) ? there.get(key).push(index) : there.set(key, [index]); });
    const kept = wanted.map(node => there.get(kind(node))?.shift());
    are.forEach((node, index) => { if (!kept.includes(index)) node.remove(); });
    wanted.forEach((node, place) => {
      const index = kept[place];
      if (index !== undefined) amend(are[index], were[index], node);
      const child = index === undefined ? document.importNode(node, true) : are[index];
      // A text between two elements is moved before an element is: what is moved stops to play and loses the focus.
      while (index !== undefined && child.nodeType === Node.ELEMENT_NODE && live.childNodes[place].nodeType === Node.TEXT_NODE) live.append(live.childNodes[place]);
      if (live.childNodes[place] !== child) live.insertBefore(child, live.childNodes[place] ?? null);
    });
  };

  // What had the focus and cannot have it any more gives it to what it stood in: to the heading there.
  const holds = node => node.isConnected && !node.disabled && node.checkVisibility();
  const held = () => {
    const ways = [];
    for (let node = document.activeElement; node && node !== document.body; node = node.parentElement) ways.push(node);
    return ways;
  };
  const keep = ways => {
    if (!ways.length || (ways[0] === document.activeElement && holds(ways[0]))) return;
    if (document.activeElement && document.activeElement !== document.body && document.activeElement !== ways[0]) return;
    if (holds(ways[0])) return ways[0].focus({ preventScroll: true });
    const heads = ways.slice(1).filter(holds).flatMap(node => each(":scope > :is(h1, h2, h3), :scope > .top strong", node));
    const head = [...heads, ...each("h1")].find(holds);
    if (!head) return;
    head.tabIndex = -1;
    head.focus({ preventScroll: true });
  };

  // A clip that plays is not taken away: what would do that waits until it rests, if nobody asked for it.
  const plays = root => each("video, audio", root).filter(one => !one.paused && !one.ended);
  const gone = (root, now) => plays(root).some(one => !each("video, audio", now).some(other => other.getAttribute("src") === one.getAttribute("src")));
  let waits = false, stands = false;  // `stands`: until then the page stays as it is, as one cut has one timeline
  for (const name of ["pause", "ended"]) document.addEventListener(name, () => { if (waits) setTimeout(() => refresh(true).catch(() => {}), 300); }, true);

  const find = (root, name) => root.querySelector(`[data-part="${name}"]`);
  const whole = page => { amend(document.body, served.body, page.body); document.title = page.title; served = page; };
  const some = parts => Object.entries(parts).forEach(([name, html]) => {
    const now = parsed(html).body.firstElementChild, before = find(served, name);
    amend(find(document, name), before, now);
    before.replaceWith(served.adoptNode(now));
  });

  let asked = 0;
  const refresh = async (again = false) => {
    const base = desk()?.dataset.base;
    if (!base) return;
    if (!again) {
      if (stands) return;
      const pulse = await ask(base + "/pulse").then(answer => answer.json());
      if (pulse.version === served.getElementById("desk").dataset.version) return note(pulse);
    }
    const mine = ++asked;
    const has = each("[data-part]", served).map(node => `${node.dataset.part}=${node.dataset.content}`);
    const answer = await ask(location.pathname + location.search, { "desk-parts": [`*=${served.body.dataset.shell}`, ...has].join() });
    const news = await answer.json();
    if (mine !== asked) return;  // another look was begun since, and has all of this
    const page = news.page && parsed(news.page), parts = news.parts ?? {};
    waits = stands = !again && (page ? gone(document, page) : "cut" in parts && gone(find(document, "cut"), parsed(parts.cut)));
    if (stands) return;
    if (!again) for (const name in parts) if (gone(find(document, name), parsed(parts[name]))) { waits = true; delete parts[name]; }
    const cut = document.getElementById("cut"), stood = cut?.currentTime, played = cut && !cut.paused, ways = held();
    page ? whole(page) : some(parts);
    note(news);
    const next = document.getElementById("cut");
    if (cut && next && next !== cut && stood) { seek(Math.min(stood, next.duration || stood), played); }
    const done = after.map(one => one());
    keep(ways);
    await Promise.all(done);
  };
  const note = ({ version, live }) => [desk(), served.getElementById("desk")].forEach(node => { node.dataset.version = version; node.dataset.live = live ? "live" : ""; });

  // What cannot be followed says so: a page that stands still would look like one that is right.
  let since = "";
  const ask = async (path, headers = {}) => {
    let answer;
    try { answer = await fetch(path, { headers }); } catch { throw new Error("the server does not answer"); }
    if (!answer.ok) throw new Error((await answer.text()).trim());
    return answer;
  };
  const tell = why => {
    const box = document.getElementById("not-followed");
    if (!box) return;
    since = why && (since || new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
    const text = why && `This page shows what was so at ${since}, and cannot be brought up to date: ${why}`;
    if (box.textContent !== text) box.textContent = text;
    box.hidden = !why;
  };

  // A run that was asked for begins seconds later: a page looks often for a while. One that is long to make, less often.
  let left = false;
  const look = async () => {
    const begun = performance.now();
    if (!document.hidden && !left) {
      try { await refresh(); tell(""); } catch (error) { tell(error.message); }
    }
    setTimeout(look, Math.max(desk()?.dataset.live ? 2000 : 8000, 4 * (performance.now() - begun)));
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !left) refresh().catch(() => {}); });
  setTimeout(look, 2000);

  return { refresh, held, keep, after: one => after.push(one), leave: () => { left = true; } };
})();
