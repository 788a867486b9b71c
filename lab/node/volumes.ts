import * as fs from "node:fs";
import * as path from "node:path";
import type { ObjectSource, Pod, ProjectedSource, TokenSource, Volume } from "./objects";
import { pathBelow } from "./paths";
import { writeAtomically } from "./tokens";
import { podField, type ReadData } from "./variables";

/** Where the content of volumes comes from. */
export interface VolumeSources {
  read: ReadData;
  /** Keeps a token of the pod's ServiceAccount in a file. */
  keepToken: (source: TokenSource, file: string) => Promise<void>;
  address: string;
}

/** The kinds of volume that the node makes. */
const kinds = ["emptyDir", "projected", "configMap", "secret", "downwardAPI"] as const;

/** Makes one volume in `folder`. What a ConfigMap or a Secret says later does not reach the pod. */
export async function makeVolume(
  pod: Pod,
  volume: Volume,
  folder: string,
  sources: VolumeSources,
): Promise<void> {
  const kind = kinds.find((known) => volume[known]);
  if (!kind) {
    const asked = Object.keys(volume).filter((key) => key !== "name");
    throw new Error(`the lab's node makes no volume of the kind ${asked.join()}, only ${kinds.join(", ")}`);
  }
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (kind === "emptyDir") return;
  const parts: ProjectedSource[] =
    kind === "projected" ? (volume.projected?.sources ?? []) : [{ [kind]: volume[kind] }];
  for (const part of parts) {
    await makePart(pod, part, folder, sources);
  }
}

async function makePart(
  pod: Pod,
  source: ProjectedSource,
  folder: string,
  { read, keepToken, address }: VolumeSources,
): Promise<void> {
  const { serviceAccountToken, configMap, secret, downwardAPI, ...others } = source;
  const [unknown] = Object.keys(others);
  if (unknown) throw new Error(`the lab's node cannot project ${unknown}`);
  if (serviceAccountToken) {
    await keepToken(serviceAccountToken, pathBelow(folder, serviceAccountToken.path));
  }
  if (configMap) await writeObject("configmap", configMap, folder, read);
  if (secret) await writeObject("secret", secret, folder, read);
  for (const { path: relative, fieldRef } of downwardAPI?.items ?? []) {
    if (!fieldRef) throw new Error(`the lab's node knows fields of the pod only for ${relative}`);
    writeAtomically(pathBelow(folder, relative), podField(pod, fieldRef.fieldPath, address));
  }
}

async function writeObject(
  kind: "configmap" | "secret",
  { name, secretName, items, optional }: ObjectSource,
  folder: string,
  read: ReadData,
): Promise<void> {
  const wanted = name ?? secretName ?? "";
  const data = await read(kind, wanted);
  if (!data) {
    if (optional) return;
    throw new Error(`${kind} ${JSON.stringify(wanted)} not found`);
  }
  const files = items ?? Object.keys(data).map((key) => ({ key, path: key }));
  for (const file of files) {
    const content = data[file.key];
    if (content) {
      writeAtomically(pathBelow(folder, file.path), content);
    } else if (!optional) {
      throw new Error(`${kind} ${wanted} references non-existent config key: ${file.key}`);
    }
  }
}

/** Where a mount of a volume really is. */
export function mountedPath(volumeFolder: string, subPath: string | undefined): string {
  if (!subPath) return volumeFolder;
  const found = pathBelow(volumeFolder, subPath);
  if (!fs.existsSync(found)) fs.mkdirSync(found, { recursive: true, mode: 0o700 });
  return path.resolve(found);
}
