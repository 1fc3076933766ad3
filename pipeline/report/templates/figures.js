// The figures: drawn from the specifications in the page, redrawn for paper, saved as pictures on request. Nothing is fetched, nothing is sent.

const CONFIG = { displayModeBar: false, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", topojsonURL: "./none/", responsive: true, scrollZoom: false, doubleClick: false, locale: "en-GB" };
const PAPER = 660; // pixels across the text of an A4 page with our margins

function drawFigures() {
  const plots = [...document.querySelectorAll(".plot")];
  for (const plot of plots) {
    const { data, layout } = JSON.parse(document.getElementById(plot.dataset.spec).textContent);
    plot.replaceChildren();
    Plotly.newPlot(plot, data, layout, CONFIG);
    plot.on("plotly_click", ({ points }) => {
      const query = points[0]?.customdata;
      if (typeof query === "string" && query) location.hash = `#rows?${query}`;
    });
    plot.closest("figure").querySelector(".save")?.addEventListener("click", () =>
      Plotly.downloadImage(plot, { format: "png", width: 1000, height: plot.layout.height, scale: 2, filename: plot.dataset.name }),
    );
  }
  window.addEventListener("beforeprint", () => {
    for (const plot of plots) Plotly.relayout(plot, { width: PAPER });
  });
  window.addEventListener("afterprint", () => {
    for (const plot of plots) Plotly.relayout(plot, { width: null, autosize: true });
  });
}
