// Replaces each static picture by the live chart of the same specification.
// Whatever fails leaves the picture in place.
(async () => {
  const { specs } = await packed;
  new Function(await unpack("bundle"))();
  await Promise.all(["400", "700"].map((weight) => document.fonts.load(weight + " 12px Lato")));
  for (const chart of document.querySelectorAll(".chart[data-spec]")) {
    const spec = specs[chart.dataset.spec];
    const live = document.createElement("div");
    live.className = "live";
    live.setAttribute("aria-hidden", "true");
    chart.append(live);
    const controls = document.createElement("div");
    controls.className = "controls";
    chart.closest("figure").prepend(controls);
    try {
      await vegaEmbed(live, spec, {
        mode: "vega-lite",
        bind: controls,
        renderer: "svg",
        actions: false,
        defaultStyle: false,
        config: { aria: false },
        tooltip: { disableDefaultStyle: true },
      });
    } catch (error) {
      live.remove();
      controls.remove();
      console.error(chart.dataset.spec, error);
      continue;
    }
    chart.classList.add("is-live");
    if (!("fixed" in chart.dataset)) {
      for (const name of ["role", "tabindex", "aria-label"]) chart.parentElement.removeAttribute(name);
    }
  }
  document.documentElement.dataset.charts = "live";
})();
