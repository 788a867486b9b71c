import { BackOff } from "./backOff";
import { pause } from "./environment";
import { findImage, type Image, noSuchImage, withDefaultTag } from "./images";
import type { Container } from "./objects";

/** Milliseconds after which kubelet looks again at a container that could not be made. */
export const RETRY = 10_000;

/** Tells of a container: an event of its pod, and what it waits for. */
export interface Teller {
  event(type: "Normal" | "Warning", reason: string, message: string): void;
  wait(reason: string, message?: string): void;
}

/**
 * The image of a container. Nothing is ever pulled: an image is there or it never will be, which is told again and again until
 * the signal. The words are those of
 * https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/images/image_manager.go
 */
export async function awaitImage(
  { image, imagePullPolicy }: Container,
  teller: Teller,
  signal: AbortSignal,
): Promise<Image | undefined> {
  const found = findImage(image);
  if (found) {
    const present = `Container image ${JSON.stringify(image)} already present on machine`;
    teller.event("Normal", "Pulled", `${present} and can be accessed by the pod`);
    return found;
  }
  const backOff = new BackOff();
  while (!signal.aborted) {
    if (imagePullPolicy === "Never") await tellNeverPulled(image, teller, signal);
    else await tellFailedPull(image, teller, signal, backOff);
  }
  return undefined;
}

async function tellNeverPulled(image: string, teller: Teller, signal: AbortSignal): Promise<void> {
  const message = `Container image ${JSON.stringify(image)} is not present with pull policy of Never`;
  teller.event("Warning", "ErrImageNeverPull", message);
  teller.wait("ErrImageNeverPull", message);
  await pause(RETRY, signal);
}

async function tellFailedPull(
  image: string,
  teller: Teller,
  signal: AbortSignal,
  backOff: BackOff,
): Promise<void> {
  const tagged = JSON.stringify(withDefaultTag(image));
  teller.event("Warning", "Failed", `Failed to pull image ${tagged}: ${noSuchImage}`);
  teller.event("Warning", "Failed", "Error: ErrImagePull");
  teller.wait("ErrImagePull", noSuchImage);
  const failed = Date.now();
  backOff.next(failed, failed);
  await pause(1_000, signal);
  if (signal.aborted) return;
  teller.event("Normal", "BackOff", `Back-off pulling image ${tagged}`);
  teller.event("Warning", "Failed", "Error: ImagePullBackOff");
  teller.wait("ImagePullBackOff", `Back-off pulling image ${tagged}: ErrImagePull: ${noSuchImage}`);
  await pause(backOff.delayAfter(failed), signal);
}
