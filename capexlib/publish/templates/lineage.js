// Opens every number to its lineage, and redoes the arithmetic that the manifest carries.
// Without this script each number is a link to its row of the appendix.
(async () => {
  const carried = document.getElementById("manifest").textContent;
  const manifest = JSON.parse(carried);
  const { words, badges, digest } = await packed;
  const byId = (rows) => new Map((rows || []).map((row) => [row.id, row]));
  const rows = byId([...(manifest.figures || []), ...(manifest.results || [])].filter((row) => row.kind));
  const claims = byId(manifest.claim_details);
  const sources = byId(manifest.source_details);
  const root = document.documentElement;

  const ownClaim = (row) => (row?.kind === "fact" && row.claims.length === 1 ? claims.get(row.claims[0]) : null);

  // ---------------------------------------------------------------- arithmetic
  const operations = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => (b ? a / b : NaN) };
  const evaluate = (recipe, valueOf) => {
    if (typeof recipe === "string") return valueOf(recipe);
    if (typeof recipe === "number") return recipe;
    const [operation, ...terms] = recipe;
    const numbers = terms.map((term) => evaluate(term, valueOf));
    if (operation === "rank") return 1 + numbers.slice(1).filter((other) => other > numbers[0]).length;
    return numbers.reduce(operations[operation]);
  };
  const best = (row) => {
    if (row.value == null && row.low != null && row.high != null && !row.kind) return (row.low + row.high) / 2;
    return row.value ?? row.low ?? row.high ?? NaN;
  };
  const claimOf = (row) => {
    const claim = row.recipe ? null : ownClaim(row);
    return claim && claim.unit === row.unit && claim.bound ? claim : null;
  };
  const done = new Map();
  const valueOf = (name, above = []) => {
    if (!done.has(name)) {
      const row = rows.get(name);
      if (!row || above.includes(name)) return NaN;
      done.set(name, row.recipe ? evaluate(row.recipe, (id) => valueOf(id, [...above, name])) : best(claimOf(row) || row));
    }
    return done.get(name);
  };
  const follows = (row) => Boolean(row.recipe || claimOf(row));
  const agree = (a, b) => Math.abs(a - b) <= Math.max(1e-9 * Math.max(Math.abs(a), Math.abs(b)), 1e-12);
  const checked = [...rows.values()].filter(follows);
  const wrong = new Set(checked.filter((row) => !agree(valueOf(row.id), best(row))).map((row) => row.id));

  // Any other value that was altered: the manifest is not the one that the page was made with.
  const isWhole = async () => {
    if (!window.crypto?.subtle) return true;
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(carried)));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("") === digest;
  };
  const whole = await isWhole();

  // ---------------------------------------------------------------- building
  const make = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === true) node.setAttribute(name, "");
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...children.flat().filter((child) => child != null && child !== ""));
    return node;
  };
  const badge = (status, extra) => make("span", { class: `badge ${badges[status][1] ? "firm" : "soft"}` }, badges[status][0] + (extra || ""));
  const shown = (id) => (words[id] ? words[id][0] : id);
  const isKnown = (id) => rows.has(id) || claims.has(id);
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const closed = (text) => capital(text) + (/[.!?]$/.test(text) ? "" : ".");
  const subject = (claim) => `${claim.entity}: ${claim.quantity}, ${claim.period}`;
  const nameOf = (id) => {
    const row = rows.get(id);
    const claim = ownClaim(row) || (row ? null : claims.get(id));
    return claim ? subject(claim) : row?.title || id;
  };
  const section = (title, ...content) => make("section", null, make("h3", null, title), ...content);
  const pairs = (list) =>
    make("dl", null, list.filter(([, value]) => value).map(([term, value]) => make("div", null, make("dt", null, term), make("dd", null, value))));

  // ---------------------------------------------------------------- alarm
  const report = () => {
    const line = document.getElementById("self-check");
    const rest = rows.size - checked.length;
    root.dataset.checked = wrong.size || !whole ? "alarm" : "agrees";
    if (!wrong.size && whole) {
      line.textContent = `Self-check: this page recomputed ${checked.length} of its ${rows.size} figures from the inputs it carries; all agree. The other ${rest} are assumptions, inputs, or simulated by the model: a rerun reproduces them.`;
      return;
    }
    line.textContent = "Self-check: failed; see the top of the page.";
    for (const link of document.querySelectorAll("[data-figure]")) {
      if (!wrong.has(link.dataset.figure)) continue;
      link.replaceChildren("check failed");
      link.classList.add("alarmed");
    }
    const items = [...wrong].slice(0, 8).map((id) => make("li", null, opener(id, `${nameOf(id)} (${id})`)));
    const more = wrong.size > items.length ? make("p", null, `And ${wrong.size - items.length} more.`) : null;
    document.getElementById("top").prepend(
      make("div", { class: "alarm", role: "alert" },
        make("p", null, make("strong", null, "Self-check failed. "),
          wrong.size ? `${wrong.size} of ${checked.length} figures do not follow from the inputs that this page carries; they are withheld below. ` : "",
          whole ? "" : "The manifest inside this page was altered after it was made. ",
          "Do not rely on this copy; ask for the edition anew."),
        items.length ? make("ul", null, items) : null, more),
    );
  };

  // ---------------------------------------------------------------- panel
  const panel = document.getElementById("lineage");
  const body = panel.querySelector(".panel-body");
  const back = panel.querySelector(".back");
  let trail = [];
  let origin = null;

  const opener = (id, ...content) => {
    const button = make("button", { type: "button", class: "open", "data-open": id }, ...content);
    button.addEventListener("click", () => (panel.open ? show([...trail, id]) : open(id, button)));
    return button;
  };
  const item = (id) =>
    isKnown(id)
      ? opener(id, make("span", { class: "name" }, nameOf(id)), make("span", { class: "amount" }, wrong.has(id) ? "check failed" : shown(id)))
      : make("code", null, id);
  const list = (ids) => make("ul", { class: "rows" }, ids.map((id) => make("li", null, item(id))));

  // A formula with its ids as openers, the longest first so that none is cut inside another.
  const formula = (row) => {
    const ids = (row.operands || []).filter((id) => row.formula.includes(id)).sort((a, b) => b.length - a.length);
    const escaped = ids.map((id) => id.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const parts = ids.length ? row.formula.split(new RegExp(`(${escaped.join("|")})`)) : [row.formula];
    return make("p", { class: "formula" }, parts.map((part) => (ids.includes(part) ? opener(part, rows.get(part)?.title || part) : part)));
  };
  const signs = { "+": " + ", "-": " − ", "*": " × ", "/": " ÷ " };
  const plain = (number) => number.toLocaleString("en", { maximumSignificantDigits: 6 }).replace("-", "−");
  const numbers = (recipe, inner) => {
    if (typeof recipe === "string") return shown(recipe);
    if (typeof recipe === "number") return plain(recipe);
    const [operation, ...terms] = recipe;
    if (operation === "rank") return "";
    const neutral = { "+": 0, "*": 1 }[operation];
    const kept = terms.filter((term) => term !== neutral).map((term) => numbers(term, true));
    const text = kept.join(signs[operation]);
    return inner && kept.length > 1 ? `(${text})` : text;
  };
  const verdict = (row) => {
    if (wrong.has(row.id)) return make("p", { class: "verdict failed" }, "Recomputed here: does not agree.");
    if (!follows(row)) {
      const why = row.kind === "result" ? "Simulated by the model, not recomputed here: a rerun reproduces it." : null;
      return why && make("p", { class: "verdict" }, why);
    }
    return make("p", { class: "verdict", "data-recomputed": String(valueOf(row.id)) },
      row.recipe ? "Recomputed in this page: agrees." : "Compared with its claim in this page: agrees.");
  };
  const claimRow = (id) => {
    const claim = claims.get(id);
    if (!claim) return make("li", null, make("code", null, id));
    return make("li", null, opener(id,
      make("span", { class: "name" }, `${claim.origin}, ${claim.stated}`), make("span", { class: "amount" }, shown(id))));
  };
  const claimList = (title, ids) => section(title, make("ul", { class: "rows" }, ids.map(claimRow)));
  const reasons = (row) => {
    let found = manifest.params;
    for (const part of row.id.replace(/^assumption\./, "").split(".")) found = found?.[part];
    if (typeof found !== "object" || found === null) return [row.note && section("Why", make("p", null, row.note))];
    return [
      found.basis && section("What it rests on", make("p", null, found.basis)),
      found.why && section("Why", make("p", null, found.why)),
      found.reference?.length && claimList("Evidence named", found.reference),
    ].filter(Boolean);
  };

  const claimBody = (claim) => {
    const source = sources.get(claim.source) || {};
    const link = source.url
      ? make("a", { href: source.url, rel: "noreferrer" }, source.title || source.publisher)
      : source.title || source.publisher;
    const where = source.later
      ? "A page published after this edition's date; the ledger has its address."
      : make("span", null, link, make("br"), [source.title ? source.publisher : "", source.published].filter(Boolean).join(", "),
          source.url && make("span", { class: "address" }, source.url));
    return [
      make("h2", { id: "lineage-title", tabindex: "-1" }, subject(claim)),
      make("p", { class: "big" + (claim.bound ? "" : " said") }, shown(claim.id)),
      make("p", null, badge(claim.status)),
      pairs([
        ["Said by", claim.origin],
        ["On", claim.stated],
        ["Standing", claim.flag ? `kept out, ${claim.flag}` : claim.repeats ? "a reprint, not counted again" : ""],
        ["Confirmation", claim.confirmed === false ? "not found a second time" : ""],
        ["Definition", claim.definition],
        [source.tier === "note" ? "Read in a note that quotes it" : "Read in", where],
      ]),
    ];
  };
  const figureBody = (row, part) => {
    const modelled = row.modelled ? ", modelled" : "";
    const own = ownClaim(row);
    const interval = words[row.id]?.[1];
    const inNumbers = row.recipe && row.recipe[0] !== "rank" ? numbers(row.recipe) : "";
    return [
      make("h2", { id: "lineage-title", tabindex: "-1" }, own ? subject(own) : capital(row.title)),
      make("p", { class: "big" }, wrong.has(row.id) ? "check failed" : shown(row.id)),
      part && make("p", { class: "interval" }, `You opened ${closed(part)}: one of the values that this figure sums up.`),
      make("p", null, badge(row.status, modelled)),
      make("p", { class: "interval" }, interval && closed(interval)),
      row.formula && section("How it is computed", formula(row),
        inNumbers && make("p", { class: "numbers" }, `= ${inNumbers}`)),
      verdict(row),
      row.operands?.length && section("Computed from", list(row.operands)),
      ...(row.kind === "assumption" ? reasons(row) : []),
      own && claimBody(own).slice(3).map((part) => make("section", null, make("h3", null, "The claim"), part))[0],
      row.kind !== "assumption" && row.note && section("Note", make("p", null, closed(row.note))),
      row.kind === "result" && row.claims.length
        ? make("details", null, make("summary", null, `All ${row.claims.length} claim${row.claims.length > 1 ? "s" : ""} that it rests on`),
            make("ul", { class: "rows" }, row.claims.map(claimRow)))
        : null,
    ].filter(Boolean);
  };
  const show = (next, part = "") => {
    trail = next;
    const id = trail[trail.length - 1];
    const row = rows.get(id);
    panel.querySelector(".kind").textContent = row ? { fact: "Fact", assumption: "Our assumption", result: "Result" }[row.kind] : "Claim";
    back.hidden = trail.length < 2;
    if (!back.hidden) back.querySelector("span").textContent = nameOf(trail[trail.length - 2]);
    body.replaceChildren(...(row ? figureBody(row, part) : claimBody(claims.get(id))),
      make("p", { class: "cite" }, make("code", null, id)));
    body.scrollTop = 0;
    document.getElementById("lineage-title").focus();
  };
  const open = (id, from, part) => {
    origin = from;
    panel.showModal();
    show([id], part);
  };
  back.addEventListener("click", () => show(trail.slice(0, -1)));
  panel.querySelector(".close").addEventListener("click", () => panel.close());
  panel.addEventListener("click", (event) => event.target === panel && panel.close());
  panel.addEventListener("close", () => origin?.focus());
  for (const link of document.querySelectorAll("[data-figure]")) {
    if (!isKnown(link.dataset.figure)) continue;
    link.setAttribute("role", "button");
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open(link.dataset.figure, link, "part" in link.dataset ? link.textContent : "");
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      link.click();
    });
  }
  report();
})();
