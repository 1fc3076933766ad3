// Start.

const opened = [];
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open])")) {
    details.open = true;
    opened.push(details);
  }
});
window.addEventListener("afterprint", () => {
  for (const details of opened.splice(0)) details.open = false;
});

async function start() {
  const wait = document.getElementById("loading");
  wait.textContent = "The rows are being read …";
  drawFigures();
  if (typeof DecompressionStream !== "function") {
    wait.textContent = "This browser is too old to show the rows. Use a current Edge, Chrome, Firefox or Safari, or open chronology.xlsx, which holds the same rows.";
    return;
  }
  try {
    const data = document.getElementById("events");
    const names = JSON.parse(document.getElementById("names").textContent);
    const rows = new Rows(await unpacked(data), names);
    data.remove(); // its text is no longer needed in memory
    document.getElementById("rows-panel").hidden = false;
    window.fourline = new Chronology(rows);
    wait.hidden = true;
  } catch (error) {
    wait.textContent = `The rows cannot be shown here (${error.message}). This file may be damaged or cut off; chronology.xlsx holds the same rows.`;
    throw error;
  }
}

start();
