import fc from "fast-check";
import { TrustPolicyForm, type TrustedCluster } from "../../trust/types";
import { someFleet, trustedBy } from "../support/arbitraries";

/** What is done to a document, and where: numbers that pick among what there is. */
export interface SomeChange {
  place: number;
  how: number;
  pick: number;
}
export const someChange: fc.Arbitrary<SomeChange> = fc.record({
  place: fc.nat(),
  how: fc.nat(),
  pick: fc.nat(),
});

const STS = "sts.amazonaws.com";
const PATTERNS = [
  "system:serviceaccount:a*:*b",
  "system:serviceaccount:default:*",
  "system:serviceaccount:*:ab",
];

/** Clusters with names and patterns bound, and a form that their client IDs allow. */
export const someBindings: fc.Arbitrary<{ clusters: TrustedCluster[]; form: TrustPolicyForm }> = fc
  .record({
    fleet: someFleet,
    form: fc.constantFrom(...Object.values(TrustPolicyForm)),
    patterns: fc.array(fc.subarray(PATTERNS), { maxLength: 6 }),
    known: fc.array(fc.boolean(), { maxLength: 6 }),
  })
  .map(({ fleet, form, patterns, known }) => {
    const withAudience = [TrustPolicyForm.StatementPerCluster, TrustPolicyForm.Auto].includes(form);
    const clusters = trustedBy(fleet).map((cluster, index) => ({
      ...cluster,
      subjectPatterns: patterns[index] ?? [],
      ...(!(withAudience && known[index]) && { oidcProviderClientIds: [STS] }),
    }));
    return { clusters, form };
  });

type Container = { [key: string]: unknown };

/** A copy of a document with one change: something left out, doubled, altered, renamed or added. */
export function mutated(document: object, { place, how, pick }: SomeChange): object {
  const copy = structuredClone(document);
  const places = placesIn(copy);
  const [container, key] = places[place % places.length]!;
  const texts = stringsIn(copy);
  const other = texts[pick % texts.length]!;
  const value = container[key];
  const changes = [
    () =>
      Array.isArray(container) ? container.splice(Number(key), 1) : Reflect.deleteProperty(container, key),
    () => {
      if (Array.isArray(container)) container.splice(Number(key), 0, structuredClone(value));
      else container[renamed(key, pick, texts)] = structuredClone(value);
    },
    () => (container[key] = typeof value === "string" ? altered(value, pick) : other),
    () => (container[key] = typeof value === "string" ? other : [value]),
    () => (container[key] = Array.isArray(value) ? [...(value as unknown[]), other] : [value, other]),
    () => {
      if (Array.isArray(container)) return;
      Reflect.deleteProperty(container, key);
      container[renamed(key, pick, texts)] = value;
    },
  ];
  changes[how % changes.length]!();
  return copy;
}

function altered(text: string, pick: number): string {
  const at = pick % (text.length + 1);
  const marks = ["*", "?", "b", ""];
  const mark = marks[pick % marks.length]!;
  return `${text.slice(0, at)}${mark}${text.slice(at + (pick % 3))}`;
}

function renamed(key: string, pick: number, texts: string[]): string {
  const keys = texts.filter((text) => text.includes("oidc-provider/"));
  const issuer = (keys[pick % keys.length] ?? "").replace(/^.*oidc-provider\//, "");
  const names = [
    `${key}IfExists`,
    key.replace("IfExists", ""),
    key.toUpperCase(),
    key.replace("String", "StringNot"),
    `ForAllValues:${key}`,
    `https://${key}`,
    key.replace("Equals", "Like"),
    key.replace("sub", "aud"),
    `${issuer}:sub`,
    `${issuer}:aud`,
    "AWS",
    "NotAction",
    "Null",
    altered(key, pick),
  ];
  return names[pick % names.length]!;
}

/** Every member of every object and list. */
function placesIn(value: unknown): [Container, string][] {
  if (typeof value !== "object" || value === null) return [];
  const container = value as Container;
  return Object.keys(container).flatMap((key): [Container, string][] => [
    [container, key],
    ...placesIn(container[key]),
  ]);
}

export function stringsIn(value: unknown): string[] {
  return placesIn(value)
    .map(([container, key]) => container[key])
    .filter((member) => typeof member === "string");
}
