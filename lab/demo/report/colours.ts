/** A cluster's colour as a line, and as the ground of its boxes. */
interface Colour {
  line: string;
  ground: string;
}

/** Each is text on its own ground, and the ground of text in the page's colour, with a contrast of 4.5 or more. */
const LIGHT: Colour[] = [
  { line: "#1d4ed8", ground: "#eff4ff" },
  { line: "#a84300", ground: "#fff4e8" },
  { line: "#0f6b62", ground: "#e9faf6" },
  { line: "#a21caf", ground: "#fdf1fe" },
  { line: "#46700b", ground: "#f3fbe4" },
  { line: "#6d28d9", ground: "#f5f1ff" },
  { line: "#0b6580", ground: "#e9f9fd" },
  { line: "#be123c", ground: "#fff1f3" },
  { line: "#78350f", ground: "#fbf3e7" },
  { line: "#475569", ground: "#f1f5f9" },
];
const DARK: Colour[] = [
  { line: "#8ab4ff", ground: "#14213d" },
  { line: "#fdae6b", ground: "#2e1d10" },
  { line: "#5eead4", ground: "#0e2a28" },
  { line: "#f0a6fa", ground: "#2c1631" },
  { line: "#bef264", ground: "#1d2810" },
  { line: "#c4b5fd", ground: "#211a3d" },
  { line: "#67e0f9", ground: "#0c2833" },
  { line: "#fda4af", ground: "#33141c" },
  { line: "#e3b98f", ground: "#2a2016" },
  { line: "#cbd5e1", ground: "#1e293b" },
];

/** The class of a cluster's colour. There are ten: names tell clusters apart, colours only help. */
export function colourOf(index: number): string {
  return `c${index % LIGHT.length}`;
}

/** The classes, for the style sheet. */
export function colourRules(scheme: "light" | "dark"): string {
  const colours = scheme === "light" ? LIGHT : DARK;
  return colours.map(({ line, ground }, index) => `.c${index}{--line:${line};--ground:${ground}}`).join("\n");
}
