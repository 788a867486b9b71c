/** Majors of Node that the package is run under: the oldest that `engines` allows, and the two after it that have long support. */
export const NODES = [20, 22, 24] as const;

/** Minor releases of TypeScript that a consumer may have; of each the newest patch is taken. */
export const TYPESCRIPTS = ["4.9", "5.0", "5.9", "6.0", "7.0"] as const;

/** The lowest SDKs that package.json's ranges allow, or the newest that also run on the cell's Node. */
export const KINDS = ["lowest", "newest"] as const;
export type Kind = (typeof KINDS)[number];

/** A version that is published. */
export interface Release {
  version: string;
  /** What its `engines.node` says; absent where it says nothing. */
  node?: string;
}

/** Exact versions of the SDKs, by package name. */
export type Sdks = { [name: string]: string };

/** What is run together. */
export interface Cell {
  node: number;
  kind: Kind;
  sdks: Sdks;
  /** Whether the lab is started for it, too: that takes minutes. */
  engine: boolean;
}

/** The lowest version that a caret range allows. */
export function lowestOf(range: string): string {
  const [, version] = /^\^(\d+\.\d+\.\d+)$/.exec(range) ?? [];
  if (version === undefined) throw new Error(`"${range}" is no caret range such as ^1.2.3`);
  return version;
}

/**
 * The newest release that runs on a major of Node. Pre-releases are none; of `engines` only `>=N` is understood, and whatever else is said
 * there counts as "does not run".
 */
export function newestOf(releases: readonly Release[], node: number): string {
  const [newest] = releases
    .filter(({ version, node: needed }) => /^\d+\.\d+\.\d+$/.test(version) && runsOn(needed, node))
    .map(({ version }) => version)
    .sort((a, b) => compareVersions(b, a));
  if (newest === undefined) throw new Error(`no release runs on Node ${node}`);
  return newest;
}

function runsOn(needed: string | undefined, node: number): boolean {
  if (needed === undefined) return true;
  const [, least] = /^>=\s*(\d+)/.exec(needed) ?? [];
  return least !== undefined && Number(least) <= node;
}

/** Below zero where `a` is the older one. Both are numbers with points between them. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  const at = left?.findIndex((part, index) => part !== right?.[index]) ?? -1;
  return at < 0 ? 0 : (left?.[at] ?? 0) - (right?.[at] ?? 0);
}

/** All that is run for some majors of Node. The engine runs with the lowest on the oldest of them, and with the newest on the newest. */
export function cellsOf(
  nodes: readonly number[],
  ranges: Sdks,
  releases: { [name: string]: readonly Release[] },
  engine: boolean,
): Cell[] {
  const inOrder = [...nodes].sort((a, b) => a - b);
  return inOrder.flatMap((node) =>
    KINDS.map((kind) => ({
      node,
      kind,
      sdks: Object.fromEntries(
        Object.entries(ranges).map(([name, range]) => [
          name,
          kind === "lowest" ? lowestOf(range) : newestOf(releases[name] ?? [], node),
        ]),
      ),
      engine: engine && node === (kind === "lowest" ? inOrder[0] : inOrder.at(-1)),
    })),
  );
}

/** SDKs as they are told of: `pulumi 3.245.0, aws 7.40.0, kubernetes 4.29.0`. */
export function nameOf(sdks: Sdks): string {
  return Object.entries(sdks)
    .map(([name, version]) => `${name.replace("@pulumi/", "")} ${version}`)
    .sort((a, b) => Number(b.startsWith("pulumi")) - Number(a.startsWith("pulumi")))
    .join(", ");
}
