import { setTimeout } from "node:timers/promises";
import { version } from "@pulumi/kubernetes/package.json";
import { serve } from "../shared/server";
import { KubernetesProvider } from "./provider";

serve(
  new KubernetesProvider(version, (milliseconds, signal) =>
    setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
  ),
);
