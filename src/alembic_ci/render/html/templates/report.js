"use strict";
(() => {
  const find = document.getElementById("find");
  const opened = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", opened);
  opened();
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  if (!find) return;
  const items = [...document.querySelectorAll("[data-text]")];
  const cards = items.filter((item) => item.tagName === "DETAILS");
  const texts = new Map();
  const text = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };
  const said = document.getElementById("found");
  const search = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const item of cards) {
      const hit = words.every((word) => text(item).includes(word));
      item.classList.toggle("unfound", !hit);
      found += hit;
    }
    said.textContent = words.length ? `${found} of ${cards.length} revisions` : "";
  };
  find.addEventListener("input", search);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && document.activeElement.tagName !== "INPUT") {
      event.preventDefault();
      find.focus();
    }
    if (event.key === "Escape" && document.activeElement === find) { find.value = ""; search(); }
  });
  find.parentElement.hidden = false;
  search();
})();
