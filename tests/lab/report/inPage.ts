/** What tests look for in an open page. These functions run in the browser: each stands alone. */

interface PageElement {
  tagName: string;
  className: unknown;
  textContent: string;
  childNodes: Iterable<{ nodeType: number; textContent: string }>;
  parentElement: PageElement | null;
  scrollWidth: number;
  scrollHeight: number;
  clientWidth: number;
  clientHeight: number;
  closest(selector: string): PageElement | null;
  getBoundingClientRect(): { left: number; right: number; width: number; height: number };
}
declare const document: {
  documentElement: PageElement;
  querySelectorAll(selector: string): Iterable<PageElement>;
};
declare const innerWidth: number;
declare function getComputedStyle(
  element: PageElement,
): Record<"color" | "backgroundColor" | "display", string>;

/** What does not fit: the page into the window, an element into the page, or a text into its element. */
export function findOverflow(): string[] {
  const found =
    document.documentElement.scrollWidth > innerWidth
      ? [`the page is ${document.documentElement.scrollWidth} wide`]
      : [];
  for (const element of document.querySelectorAll("body *")) {
    const { width, height, left, right } = element.getBoundingClientRect();
    // Only for those who cannot see: laid aside on purpose.
    const shown = width > 1 && height > 1 && element.closest("thead")?.clientWidth !== 1;
    if (!shown || element.closest("svg")) continue;
    const what = `${element.tagName}.${String(element.className)} "${element.textContent.slice(0, 40)}"`;
    if (left < -1 || right > innerWidth + 1) found.push(`${what} leaves the page`);
    const inline = element.clientWidth === 0 || getComputedStyle(element).display === "inline";
    if (!inline && element.scrollWidth > element.clientWidth + 1) found.push(`${what} is too wide`);
    if (!inline && element.scrollHeight > element.clientHeight + 1) found.push(`${what} is too high`);
  }
  return found;
}

/** A text of the page, with its colour and what is behind it. */
interface PageText {
  text: string;
  colour: string;
  behind: string;
}

/** All texts of the page. */
export function readTexts(): PageText[] {
  const found: PageText[] = [];
  for (const element of document.querySelectorAll("body *")) {
    for (const { nodeType, textContent } of element.childNodes) {
      if (nodeType !== 3 || textContent.trim() === "") continue;
      let ground = element;
      while (ground.parentElement && !/^rgb\(/.test(getComputedStyle(ground).backgroundColor)) {
        ground = ground.parentElement;
      }
      found.push({
        text: textContent.trim().slice(0, 40),
        colour: getComputedStyle(element).color,
        behind: getComputedStyle(ground).backgroundColor,
      });
    }
  }
  return found;
}

/**
 * Of these texts those that are hard to read, having a contrast of less than 4.5, each way of it once.
 * @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 */
export function faintOf(texts: PageText[]): string[] {
  const faint = texts.flatMap(({ text, colour, behind }) => {
    const [one, other] = [luminance(colour), luminance(behind)];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return contrast >= 4.5 ? [] : [`"${text}" has ${contrast.toFixed(2)}: ${colour} on ${behind}`];
  });
  return [...new Set(faint)];
}

/** NaN for a colour that can be seen through, which is no contrast at all. */
function luminance(colour: string): number {
  const [, ...parts] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour) ?? [];
  const [red = NaN, green = NaN, blue = NaN] = parts.map((text) => {
    const part = Number(text) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
