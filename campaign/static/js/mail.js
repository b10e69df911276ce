// The text of a letter may be changed in its box: every link that opens a message follows, and is measured again.

// As the server does it: everything but letters, digits and _ . - ~ (RFC 3986), line breaks as %0D%0A (RFC 6068).
const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

function written(text, rounds) {
  // Half of a character that takes two would make encodeURIComponent fail.
  let body = text.replace(/\p{Surrogate}/gu, "").replace(/\r?\n/g, "\r\n");
  for (let round = 0; round < rounds; round += 1) {
    body = encode(body);
  }
  return body;
}

function follow(link, box) {
  const { mailBefore, mailShort, mailLimit, mailRounds, mailLong } = link.dataset;
  const whole = mailBefore + written(box.value, Number(mailRounds));
  const fits = whole.length <= Number(mailLimit);
  link.href = fits ? whole : mailShort;
  document.getElementById(mailLong).hidden = fits;
}

for (const link of document.querySelectorAll("[data-mail-text]")) {
  const box = document.getElementById(link.dataset.mailText);
  box.readOnly = false;
  box.addEventListener("input", () => follow(link, box));
  // Also after "back", when the browser has put the changed text in again.
  window.addEventListener("pageshow", () => follow(link, box));
}

for (const note of document.querySelectorAll("[data-mail-note]")) {
  note.hidden = false;
}
