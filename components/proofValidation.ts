import type { Problem } from "./problems";
import { labelProblems } from "./serviceAccountValidation";
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
