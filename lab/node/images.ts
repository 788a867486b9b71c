/** What a container gets from its image. */
export interface Image {
  /** As it stands in a container's status. */
  id: string;
  entrypoint: string[];
}

/** The images of the lab's node by name, with neither registry nor tag. All that is in one is on the node's PATH. */
const images: Record<string, Image> = {
  "amazon/aws-cli": { id: "lab.local/amazon/aws-cli", entrypoint: ["aws"] },
};

/** Other names of the same. */
const prefixes = [/^(index\.)?docker\.io\//, /^public\.ecr\.aws\/aws-cli\/(?=aws-cli$)/];

/** The part of an image's name before tag and digest. */
function repositoryOf(name: string): string {
  return name.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}

/** The image of a name with any tag; undefined if the node has none such. */
export function findImage(name: string): Image | undefined {
  const repository = repositoryOf(name);
  const short = prefixes.reduce((left, prefix) => left.replace(prefix, ""), repository);
  const full = short === "aws-cli" && repository !== short ? "amazon/aws-cli" : short;
  return Object.hasOwn(images, full) ? images[full] : undefined;
}

/**
 * The name with the tag that is meant where there is none.
 * Source: applyDefaultImageTag in https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/images/helpers.go
 */
export function withDefaultTag(name: string): string {
  return repositoryOf(name) === name ? `${name}:latest` : name;
}

/** Why an image cannot be pulled. */
export const noSuchImage = `the lab's node has only these images: ${Object.keys(images).join(", ")}`;
