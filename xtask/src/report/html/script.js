// Shows the titles of chart elements beside the pointer at once, instead of after the browser's delay.
"use strict";
(() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);

  const place = (event) => {
    const room = 14;
    const right = event.clientX + room + tip.offsetWidth < window.innerWidth;
    const below = event.clientY + room + tip.offsetHeight < window.innerHeight;
    tip.style.left = (right ? event.clientX + room : event.clientX - room - tip.offsetWidth) + "px";
    tip.style.top = (below ? event.clientY + room : event.clientY - room - tip.offsetHeight) + "px";
  };

  for (const hit of document.querySelectorAll(".chart .hit")) {
    const title = hit.querySelector("title");
    const text = title.textContent;
    title.remove();
    hit.addEventListener("pointermove", (event) => {
      tip.textContent = text;
      tip.hidden = false;
      place(event);
    });
    hit.addEventListener("pointerleave", () => { tip.hidden = true; });
  }
})();
