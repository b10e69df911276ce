// How many characters are left, said once the typing pauses.

const PAUSE_MS = 600;

// The server counts characters, and so does the spread; `length` would count an emoji as two.
const count = (text) => [...text].length;

for (const line of document.querySelectorAll("[data-characters-left]")) {
  const box = document.getElementById(line.dataset.charactersLeft);
  let timer = 0;
  const say = () => {
    line.hidden = box.value === "";
    line.textContent = line.dataset.text.replace("{n}", box.maxLength - count(box.value));
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(say, PAUSE_MS);
  });
  say();
}
