// The letter beside the form follows what is typed. Everything goes in as text, never as markup.

const form = document.querySelector("[data-live-form]");
const sheet = document.querySelector("[data-live-sheet]");
const part = (name) => sheet.querySelector(`[data-sheet="${name}"]`);

const value = (name) => form.elements[name].value.trim();
const linesOf = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

// Which part of the letter a field is about.
const PARTS = {
  name: "sender",
  without_name: "sender",
  city: "sender",
  address: "sender",
  country: "sender",
  demands: "list",
  words: "words",
};

function countryName() {
  const country = form.elements.country;
  return country.value ? country.selectedOptions[0].text : "";
}

function lineElements(texts) {
  return texts.map((text) => {
    const line = document.createElement("span");
    line.className = "sheet-line";
    line.dir = "auto";
    line.textContent = text;
    return line;
  });
}

function showSender(sampleName) {
  const nameless = form.elements.without_name.checked;
  const name = value("name") || sampleName;
  const whole = [name, ...linesOf(value("address")), value("city"), countryName()].filter(Boolean);
  part("sender").replaceChildren(...lineElements(nameless ? [] : whole));
  part("name").textContent = nameless ? form.dataset.nameless : name;
  part("place").textContent = [value("city"), countryName()].filter(Boolean).join(", ");
}

function showWords() {
  const words = value("words");
  part("words").hidden = words === "";
  part("words").textContent = words;
}

function showDemands() {
  const ticks = [...form.querySelectorAll('input[name="demands"]')];
  const items = part("list")?.children ?? [];
  // Only when the list on the sheet is the list of demands, one line for each box.
  if (items.length === ticks.length) {
    ticks.forEach((tick, position) => {
      items[position].hidden = !tick.checked;
    });
  }
}

// Scrolls inside the sheet only: the page stays where the reader is typing.
function follow(event) {
  const target = part(PARTS[event.target.name] ?? "");
  if (target && !target.hidden) {
    const frame = sheet.parentElement;
    frame.scrollTop += target.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 4;
  }
}

if (form && sheet) {
  const sampleName = part("name").textContent;
  const show = () => {
    showSender(sampleName);
    showWords();
    showDemands();
  };
  form.addEventListener("input", (event) => {
    show();
    follow(event);
  });
  form.addEventListener("focusin", follow);
  // Also after "back", when the browser has put the typed values in again.
  window.addEventListener("pageshow", show);
}
