import { existsSync } from "node:fs";
import type { LabBinaries } from "../types";
import { provide, pulumiRootOf, type SetupContext } from "./binaries";
import { cacheRoot } from "./cache";
import { atMost } from "./limit";
import { etcd, kubeApiServer, kubeControllerManager, kubectl, pulumi } from "./parts";
import { createProgress, formatDuration, type Progress } from "./progress";
import { awsFolderOf, providePython } from "./python";

export { createProgress, type Progress, silentProgress } from "./progress";

/**
 * Sees to it that the programs of the lab are on this machine, and returns where. Whatever is missing is got side by
 * side. Progress goes to standard error unless told otherwise.
 */
export async function setUp(options: { progress?: Progress } = {}): Promise<LabBinaries> {
  const progress = options.progress ?? createProgress();
  const context: SetupContext = { root: cacheRoot(), env: process.env, progress, buildSlot: atMost(2) };
  const started = Date.now();
  const fresh = !existsSync(context.root);
  if (fresh) {
    progress.line(`setting up the lab, once, in ${context.root}`);
  }
  // The API server takes longest, so it is the first to get a place among the builds.
  const steps = [
    provide(kubeApiServer, context),
    provide(pulumi, context),
    provide(etcd, context),
    // Last, for most of what it is made of is compiled for the API server too.
    provide(kubeControllerManager, context),
    provide(kubectl, context),
    providePython(context),
  ] as const;
  // Every failure is told, not only the first; and nothing is still at work when this returns.
  const problems = (await Promise.allSettled(steps)).flatMap((step) =>
    step.status === "rejected"
      ? [step.reason instanceof Error ? step.reason.message : String(step.reason)]
      : [],
  );
  if (problems.length > 0) {
    throw new Error(problems.join("\n\n"));
  }
  const [apiServerPath, pulumiPath, etcdPath, controllerManagerPath, kubectlPath, python] =
    await Promise.all(steps);
  progress.line(
    fresh
      ? `the lab is set up, in ${formatDuration(Date.now() - started)}`
      : `programs of the lab: ${context.root}`,
  );
  return {
    pulumiRoot: pulumiRootOf(pulumiPath, context.root),
    etcd: etcdPath,
    kubeApiServer: apiServerPath,
    kubeControllerManager: controllerManagerPath,
    kubectl: kubectlPath,
    python,
    awsFolder: awsFolderOf(python),
  };
}
