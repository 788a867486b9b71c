import * as path from "node:path";

/** Where a release of a program is published. */
export interface Download {
  url: string;
  /** A file of lines `<SHA-256>  <file name>`, or the checksum alone. */
  checksumUrl: string;
  /** The folder of the installation that the archive's files go to; undefined if it is no archive but the program. */
  unpackTo: string | undefined;
}

/** How a program is built from its Go module. */
export interface GoBuild {
  /** The folder with our go.mod, which pins the version. */
  directory: string;
  package: string;
  ldflags: string;
  /** How many packages a build without any cache compiles (`go list -deps`). */
  packages: number;
  /** How long it takes on two cores, with another build beside it. */
  usually: string;
}

/** A program that the lab runs. */
export interface Part {
  name: string;
  version: string;
  /** Its path in its folder in the cache. */
  file: string;
  /** The oldest version that will do, of the same major version. */
  oldest: string;
  /** How to ask it for its version. Undefined: it does not tell, so that one that is on the machine already is not used. */
  versionArgs: string[] | undefined;
  /** Environment variable that names a folder where it may be, besides PATH. */
  folderVariable?: string;
  /** Undefined for machines that nothing is published for. */
  download: (platform: NodeJS.Platform, arch: string) => Download | undefined;
  build: GoBuild;
}

const goFolder = path.join(__dirname, "..", "go");

/** Names of processors as Go has them. */
const goArchs: Partial<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

export const pulumi: Part = {
  name: "pulumi",
  version: "3.258.0",
  file: "bin/pulumi",
  oldest: "3.200.0",
  versionArgs: ["version"],
  download: (platform, arch) => {
    const base = "https://get.pulumi.com/releases/sdk";
    return (platform === "linux" || platform === "darwin") && goArchs[arch]
      ? {
          url: `${base}/pulumi-v3.258.0-${platform}-${arch}.tar.gz`,
          checksumUrl: `${base}/pulumi-3.258.0-checksums.txt`,
          unpackTo: "bin",
        }
      : undefined;
  },
  build: {
    directory: path.join(goFolder, "pulumi"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.258.0",
    packages: 1_679,
    usually: "5 min",
  },
};

export const etcd: Part = {
  name: "etcd",
  version: "3.7.3",
  file: "etcd",
  oldest: "3.5.0",
  versionArgs: ["--version"],
  folderVariable: "KUBEBUILDER_ASSETS",
  download: (platform, arch) => {
    const base = "https://github.com/etcd-io/etcd/releases/download/v3.7.3";
    const goArch = goArchs[arch];
    return platform === "linux" && goArch
      ? {
          url: `${base}/etcd-v3.7.3-linux-${goArch}.tar.gz`,
          checksumUrl: `${base}/SHA256SUMS`,
          unpackTo: ".",
        }
      : undefined;
  },
  build: {
    directory: path.join(goFolder, "etcd"),
    package: "go.etcd.io/etcd/server/v3",
    ldflags: "-s -w",
    packages: 565,
    usually: "1 min",
  },
};

/** A program of Kubernetes, by its name; all are of one version and built in one Go module. */
function kubernetesPart(
  name: string,
  packages: number,
  usually: string,
  differs: Partial<Pick<Part, "oldest" | "versionArgs">> = {},
): Part {
  return {
    name,
    version: "1.37.2",
    file: name,
    // From here on the API server hands a WebSocket of `kubectl exec` on to a node that says it takes one.
    oldest: "1.36.0",
    versionArgs: ["--version"],
    folderVariable: "KUBEBUILDER_ASSETS",
    download: (platform, arch) => {
      const goArch = goArchs[arch];
      const url = `https://dl.k8s.io/release/v1.37.2/bin/linux/${goArch ?? ""}/${name}`;
      return platform === "linux" && goArch
        ? { url, checksumUrl: `${url}.sha256`, unpackTo: undefined }
        : undefined;
    },
    build: {
      directory: path.join(goFolder, "kubernetes"),
      package: `k8s.io/kubernetes/cmd/${name}`,
      ldflags: [
        "-s -w",
        "-X k8s.io/component-base/version.gitVersion=v1.37.2",
        "-X k8s.io/component-base/version.gitMajor=1",
        "-X k8s.io/component-base/version.gitMinor=37",
      ].join(" "),
      packages,
      usually,
    },
    ...differs,
  };
}

export const kubeApiServer = kubernetesPart("kube-apiserver", 2_080, "6 min");

export const kubeControllerManager = kubernetesPart("kube-controller-manager", 2_441, "2 min");

/** For tests and for people; no part of the lab runs it. Any that can talk to the API server will do. */
export const kubectl = kubernetesPart("kubectl", 917, "1 min", {
  oldest: "1.31.0",
  versionArgs: ["version", "--client"],
});

/** The host of programs in YAML; only tests ask for it. It wants older modules of Pulumi than the CLI: a Go module of its own. */
export const pulumiYaml: Part = {
  name: "pulumi-language-yaml",
  version: "1.32.0",
  file: "pulumi-language-yaml",
  oldest: "1.32.0",
  versionArgs: undefined,
  // The names are those of https://github.com/pulumi/pulumi-yaml/blob/v1.32.0/.goreleaser.yml.
  download: (platform, arch) => {
    const base = "https://github.com/pulumi/pulumi-yaml/releases/download/v1.32.0";
    return (platform === "linux" || platform === "darwin") && goArchs[arch]
      ? {
          url: `${base}/pulumi-language-yaml-v1.32.0-${platform}-${goArchs[arch]}.tar.gz`,
          checksumUrl: `${base}/pulumi-yaml-1.32.0-checksums.txt`,
          unpackTo: ".",
        }
      : undefined;
  },
  build: {
    directory: path.join(goFolder, "pulumi-yaml"),
    package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    ldflags: "-s -w -X github.com/pulumi/pulumi-yaml/pkg/version.Version=v1.32.0",
    packages: 763,
    usually: "1 min",
  },
};

/** Writes a package's Python SDK: a program of ours around Pulumi's own generator; only tests ask for it. */
export const pythonSdk: Part = {
  name: "pythonsdk",
  version: "3.258.0",
  file: "pythonsdk",
  oldest: "3.258.0",
  versionArgs: undefined,
  download: () => undefined,
  build: {
    directory: path.join(goFolder, "pulumi"),
    package: "eks-irsa.lab/pulumi/pythonsdk",
    ldflags: "-s -w",
    packages: 785,
    usually: "1 min",
  },
};
