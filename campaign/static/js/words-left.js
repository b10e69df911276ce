// Says while somebody writes when the page, or the link into their mail program, is full.

const PAUSE_MS = 600;
const HAN = /[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/g;
// Between the paragraph before and the words stand two line breaks, each %0D%0A (RFC 6068).
const BREAKS = 12;

// As the server counts: Chinese has no spaces, 14 of its characters take the printed room of 5 words.
const HAN_PER_WORD = 14 / 5;

function countWords(text) {
  const han = text.match(HAN)?.length ?? 0;
  return text.replace(HAN, " ").split(/\s+/).filter(Boolean).length + Math.ceil(han / HAN_PER_WORD);
}

// In the unit of what is being written, not of the language of the letter.
function roomFor(words, text, { count, countHan }) {
  return text.search(HAN) >= 0 ? countHan.replace("{n}", Math.floor(words * HAN_PER_WORD)) : count.replace("{n}", words);
}

// Length in a link: letters, digits and "-._~" stay one character, every other byte becomes three.
function linkLength(text) {
  const bytes = new TextEncoder().encode(text.replace(/\r?\n/g, "\r\n"));
  return bytes.reduce((sum, byte) => sum + (/[\w.~-]/.test(String.fromCharCode(byte)) ? 1 : 3), BREAKS);
}

for (const meter of document.querySelectorAll("[data-words-left]")) {
  const box = document.getElementById(meter.dataset.wordsLeft);
  const language = document.getElementById(meter.dataset.language);
  const [count, warning] = meter.children;
  const rooms = JSON.parse(meter.dataset.rooms);
  let timer = 0;
  const say = () => {
    const room = rooms[language.value];
    const text = box.value.trim();
    meter.hidden = text === "" || !room;
    if (meter.hidden) {
      warning.textContent = "";
      return;
    }
    const left = room.words - countWords(text);
    count.textContent = left > 0 ? roomFor(left, text, meter.dataset) : "";
    const warnings = [left <= 0 && meter.dataset.full, linkLength(text) > room.mail && meter.dataset.noLink];
    warning.textContent = warnings.filter(Boolean).join(" ");
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(say, PAUSE_MS);
  };
  box.addEventListener("input", later);
  language.addEventListener("change", say);
  // Also after "back", when the browser has put the typed words in again.
  window.addEventListener("pageshow", say);
}
