import type * as pulumi from "@pulumi/pulumi";
import { isPlain, problem, type Problem } from "./problems";
import { labelKeyProblem, labelValueProblem } from "./serviceAccountMetadata";
import type { SamplePodSettings, VerificationJobSettings } from "./types";

/** Faults of what the pods that prove a ServiceAccount are made with. */
export function proofProblems({
  samplePod,
  verificationJob,
}: {
  samplePod?: SamplePodSettings;
  verificationJob?: VerificationJobSettings;
}): Problem[] {
  return Object.entries({ samplePod, verificationJob }).flatMap(([path, settings]) =>
    settings === undefined ? [] : podProblems(settings, path),
  );
}

function podProblems({ image, labels, nodeSelector }: SamplePodSettings, path: string): Problem[] {
  const empty = { propertyPath: `${path}.image`, reason: "is empty: write an image, or leave it out" };
  return [
    ...(image === "" ? [empty] : []),
    ...labelProblems(labels, `${path}.labels`),
    ...labelProblems(nodeSelector, `${path}.nodeSelector`),
  ];
}

/** Faults of labels, or of what selects by them. */
function labelProblems(labels: { [key: string]: pulumi.Input<string> } = {}, path: string): Problem[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const reason = labelKeyProblem(key) ?? (isPlain(value) ? labelValueProblem(value) : undefined);
    return problem(`${path}[${JSON.stringify(key)}]`, reason);
  });
}
