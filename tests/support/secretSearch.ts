/** Secrets by what they are called. */
export type Secrets = Record<string, string>;

/** The names of those secrets that stand in a text, as they are or in another spelling. */
export function foundIn(text: string, secrets: Secrets): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => spellings(secret).some((spelling) => text.includes(spelling)))
    .map(([name]) => name);
}

/** How a secret may be written: each of its lines by itself, since line ends are written in many ways. */
export function spellings(secret: string): string[] {
  const lines = secret.split("\n").filter((line) => line.length >= 16 && !line.startsWith("-----"));
  if (lines.length === 0) throw new Error("too short to be told from other text");
  return lines.flatMap((line) => [
    line,
    JSON.stringify(line).slice(1, -1),
    encodeURIComponent(line),
    Buffer.from(line).toString("hex"),
    ...[0, 1, 2].flatMap((before) => [within("base64", line, before), within("base64url", line, before)]),
  ]);
}

/** What is sure to stand in the base64 of any text that has this many bytes (modulo 3) before the secret. */
function within(encoding: "base64" | "base64url", secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  return bytes.toString(encoding).slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
}
