// Says while somebody writes when most of it stands in the appeal already. What is typed stays in the browser: the
// appeal's own texts come here, and the words are compared with them. The rule is campaign/letters/similarity.py's.

const PAUSE_MS = 600;
const RUN_WORDS = 5;
const RUN_CHARACTERS = 8;
const ADVISE_FROM = 0.5;

// Scripts without spaces between words: every character stands for itself.
const UNSPACED =
  "\\u0e00-\\u0eff\\u0f00-\\u0fff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff";
const CHARACTER = new RegExp(`^[${UNSPACED}]`, "u");
const TOKEN = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{N}])+`, "gu");

const tokensOf = (text) => text.normalize("NFKC").toLowerCase().match(TOKEN) ?? [];

function* runsOf(tokens) {
  for (const [start, token] of tokens.entries()) {
    const length = CHARACTER.test(token) ? RUN_CHARACTERS : RUN_WORDS;
    if (start + length <= tokens.length) {
      yield [start, length, tokens.slice(start, start + length).join(" ")];
    }
  }
}

function knownRuns(texts) {
  const known = new Set();
  for (const text of texts) {
    for (const [, , run] of runsOf(tokensOf(text))) {
      known.add(run);
    }
  }
  return known;
}

function copiedShare(words, known) {
  const tokens = tokensOf(words);
  const copied = new Set();
  for (const [start, length, run] of runsOf(tokens)) {
    if (known.has(run)) {
      for (let position = start; position < start + length; position += 1) {
        copied.add(position);
      }
    }
  }
  return tokens.length ? copied.size / tokens.length : 0;
}

for (const hint of document.querySelectorAll("[data-similar]")) {
  const box = document.getElementById(hint.dataset.similar);
  let texts = null;
  let timer = 0;
  // Fetched once, by those who write enough to repeat something; without an answer there is no advice.
  const known = () => {
    texts ??= fetch(hint.dataset.texts)
      .then((answer) => answer.json())
      .then((found) => knownRuns(found.texts));
    return texts;
  };
  const say = async () => {
    const enough = !runsOf(tokensOf(box.value)).next().done;
    const copied = enough && copiedShare(box.value, await known()) >= ADVISE_FROM;
    hint.textContent = copied ? hint.dataset.text : "";
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => say().catch(() => {}), PAUSE_MS);
  };
  box.addEventListener("input", later);
  // Also after "back", when the browser has put the typed words in again.
  window.addEventListener("pageshow", later);
}
