// Copy buttons: shown only where a script can copy; without one, the text boxes can be selected by hand.

const SHOWN_FOR_MS = 2500;

const textOf = (element) => element.value ?? element.textContent.trim();

// Said aloud as well: a changed label alone is not announced.
const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.querySelector("main").append(said);

function say(button) {
  const label = button.querySelector("span");
  const before = label.textContent;
  if (before === button.dataset.done) {
    return;
  }
  label.textContent = said.textContent = button.dataset.done;
  setTimeout(() => {
    label.textContent = before;
    said.textContent = "";
  }, SHOWN_FOR_MS);
}

async function copy(button) {
  const box = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(textOf(box));
  say(button);
}

// The clipboard exists only on https and on this very machine.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      copy(button).catch(() => document.getElementById(button.dataset.copy).select?.());
    });
  }
}
