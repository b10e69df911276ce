// Somebody who writes in the addressee's language needs no translation: then the tick for one is not shown.

for (const row of document.querySelectorAll("[data-second-language]")) {
  const language = document.getElementById("locale");
  const show = () => {
    row.hidden = row.dataset.secondLanguage.split(" ").every((one) => one === language.value);
  };
  language.addEventListener("change", show);
  // Also after "back", when the browser has put the chosen language in again.
  window.addEventListener("pageshow", show);
  show();
}
