// What can be seen and touched, measured as the browser has laid it out.

/** Texts below `least` px. */
export function smallText(page, least) {
  return page.evaluate((least) => {
    const seen = (element) => {
      const box = element.getBoundingClientRect();
      return element.checkVisibility() && box.width > 2 && box.height > 2;
    };
    const small = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.textContent.trim() || element.closest("[aria-hidden=true], noscript, script, optgroup, option, select, title, style")) continue;
      const size = parseFloat(getComputedStyle(element).fontSize);
      if (size < least - 0.05 && seen(element)) small.add(`${size.toFixed(1)} px: ${element.className || element.tagName} ${node.textContent.trim().slice(0, 20)}`);
    }
    return [...small];
  }, least);
}

/** Links, buttons and fields that offer less than `least` px in width or height. Links within a sentence are text. */
export function smallTargets(page, least) {
  return page.evaluate((least) => {
    const small = [];
    for (const element of document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=button]")) {
      if (!element.checkVisibility() || element.closest(".skip-link, .visually-hidden")) continue;
      if (element.matches("a") && getComputedStyle(element).display === "inline") continue;
      // A box to tick is as big as the label around it.
      const box = (element.closest("label") ?? element).getBoundingClientRect();
      if (box.width < 1 || (box.width >= least - 0.05 && box.height >= least - 0.05)) continue;
      small.push(`${box.width.toFixed(0)}×${box.height.toFixed(0)}: ${element.className || element.tagName} ${element.textContent.trim().slice(0, 20)}`);
    }
    return small;
  }, least);
}

/** Paragraphs of more than one line whose lines stand closer than 1.3. */
export function tightLines(page) {
  return page.evaluate(() => {
    const tight = [];
    for (const element of document.querySelectorAll("p, li, dd, blockquote, label, td")) {
      const style = getComputedStyle(element);
      const spacing = parseFloat(style.lineHeight) / parseFloat(style.fontSize);
      if (element.checkVisibility() && element.textContent.trim() && spacing < 1.3) tight.push(`${spacing.toFixed(2)}: ${element.textContent.trim().slice(0, 20)}`);
    }
    return tight;
  });
}

/** What sticks out at the right, where the page can be scrolled sideways. */
export function sidewaysScroll(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= width + 1) return [];
    const out = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > width + 1);
    return out.slice(0, 5).map((one) => `${one.tagName}.${one.className} to ${one.getBoundingClientRect().right.toFixed(0)}`);
  });
}
