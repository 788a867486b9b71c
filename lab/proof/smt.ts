/*
 * Terms of SMT-LIB 2.6, theory "Unicode Strings", as text: a question can be given to any solver that has strings.
 */

/** A term, as text. */
export type Term = string;

const ANY_CHARACTER: Term = "re.allchar";
const NO_COLON: Term = `(re.union (re.range "\\u{0}" "9") (re.range ";" "\\u{2ffff}"))`;
const LETTER_OR_DIGIT: Term = `(re.union (re.range "a" "z") (re.range "0" "9"))`;

/** A text. Whatever is not a plain character is written by its number: `\u` is SMT-LIB's only escape. */
export function literal(text: string): Term {
  const characters = Array.from(text, (character) =>
    /^[ !#-[\]-~]$/.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return `"${characters.join("")}"`;
}

/** The text alone. */
export function exactly(text: string): Term {
  return `(str.to_re ${literal(text)})`;
}

/** The text, where the letters a to z stand for A to Z as well and the other way round. */
export function inAnyCase(text: string): Term {
  return sequence(
    (text.match(/[a-z]|[^a-z]+/gi) ?? []).map((run) =>
      /^[a-z]$/i.test(run) ? oneOf([exactly(run.toLowerCase()), exactly(run.toUpperCase())]) : exactly(run),
    ),
  );
}

/** IAM's patterns: `*` stands for any characters, none included, `?` for exactly one, and nothing escapes them. */
export function pattern(text: string): Term {
  return sequence(pieces(text, ANY_CHARACTER));
}

/** IAM's patterns for ARNs: neither wildcard stands for a colon in the first five of the six parts. */
export function arnPattern(text: string): Term {
  const [, head = "", last = ""] = /^((?:[^:]*:){0,5})(.*)$/s.exec(text) ?? [];
  return sequence([...pieces(head, NO_COLON), ...pieces(last, ANY_CHARACTER)]);
}

/** The same, where neither `*` nor `?` stands for a colon. */
export function patternBetweenColons(text: string): Term {
  return sequence(pieces(text, NO_COLON));
}

/** These texts, with a name as Kubernetes takes them between each two. */
export function aroundNames(texts: string[]): Term {
  const name = sequence([
    LETTER_OR_DIGIT,
    `(re.* ${oneOf([LETTER_OR_DIGIT, exactly("-")])})`,
    LETTER_OR_DIGIT,
  ]);
  return sequence(texts.flatMap((text, index) => (index === 0 ? [exactly(text)] : [name, exactly(text)])));
}

/** These texts, with any characters but a colon between each two, or what stands between them. */
export function aroundParts(...texts: (string | { part: Term })[]): Term {
  return sequence(
    texts.flatMap((text, index) => {
      const between = index > 0 && typeof text === "string" && typeof texts[index - 1] === "string";
      return [
        ...(between ? [`(re.* ${NO_COLON})`] : []),
        typeof text === "string" ? exactly(text) : text.part,
      ];
    }),
  );
}

export function oneOf(terms: Term[]): Term {
  const [only = "re.none", ...more] = terms;
  return more.length === 0 ? only : `(re.union ${terms.join(" ")})`;
}

export function allOf(terms: Term[]): Term {
  const [only = "re.all", ...more] = terms;
  return more.length === 0 ? only : `(re.inter ${terms.join(" ")})`;
}

export function noneOf(term: Term): Term {
  return `(re.comp ${term})`;
}

export function sequence(parts: Term[]): Term {
  const [only = exactly(""), ...more] = parts;
  return more.length === 0 ? only : `(re.++ ${parts.join(" ")})`;
}

function pieces(text: string, character: Term): Term[] {
  return (text.match(/[*?]|[^*?]+/g) ?? []).map((piece) =>
    piece === "*" ? `(re.* ${character})` : piece === "?" ? character : exactly(piece),
  );
}
