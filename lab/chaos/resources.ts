/** What there is, by its name: `OIDC provider ireland`, `role app-1234567`, `ServiceAccount ireland/ns/reader`. */
export type Resources = Map<string, Resource>;

export interface Resource {
  /** What both sides know of it. */
  content: unknown;
  /** What another one of the same name would not have: when it was made, or its unique id. Only reality knows it. */
  identity?: string;
}

/** The differences between what a state says and what there is, a line each; none where they are the same. */
export function differences(state: Resources, reality: Resources): string[] {
  const lines = [...new Set([...state.keys(), ...reality.keys()])].sort().map((name) => {
    const [said, found] = [state.get(name), reality.get(name)];
    if (found === undefined) return `${name} is in the state, and does not exist`;
    if (said === undefined) return `${name} exists, and is not in the state`;
    const [ours, theirs] = [said, found].map(({ content }) => canonical(content));
    return ours === theirs ? undefined : `${name} is ${ours ?? ""} in the state, and is ${theirs ?? ""}`;
  });
  return lines.filter((line) => line !== undefined);
}

/** What was there before and is another now, or gone; a line each. `concerns` chooses the resources that were to be left alone. */
export function harmed(before: Resources, after: Resources, concerns: (name: string) => boolean): string[] {
  return [...before.keys()].filter(concerns).flatMap((name) => {
    const now = after.get(name);
    if (now === undefined) return [`${name} was there, and is gone`];
    return now.identity === before.get(name)?.identity ? [] : [`${name} is another one than before`];
  });
}

/** A value as text, the same however its objects are ordered. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
