import type { V1Container, V1PodSpec, V1SecurityContext } from "@kubernetes/client-node";

const VOLUMES = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);
const SECCOMP = new Set<string | undefined>(["RuntimeDefault", "Localhost"]);
const SYSCTLS =
  /^(kernel\.shm_rmid_forced|net\.ipv4\.(ip_local_port_range|ip_unprivileged_port_start|tcp_syncookies))$/;

/**
 * The controls of the restricted Pod Security Standard, baseline included, that a pod does not keep.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function restrictedViolations(spec: V1PodSpec): string[] {
  const context = spec.securityContext ?? {};
  const volumes = (spec.volumes ?? []).flatMap((volume) =>
    Object.keys(volume).filter((key) => key !== "name"),
  );
  const controls: [string, boolean][] = [
    ["host namespaces", !spec.hostNetwork && !spec.hostPID && !spec.hostIPC],
    ["volume types", volumes.every((type) => VOLUMES.has(type))],
    ["sysctls", (context.sysctls ?? []).every(({ name }) => SYSCTLS.test(name))],
    ["HostProcess", !context.windowsOptions?.hostProcess],
    ["SELinux", !context.seLinuxOptions?.user && !context.seLinuxOptions?.role],
    ["AppArmor", context.appArmorProfile?.type !== "Unconfined"],
    ["running as non-root user (pod)", context.runAsUser !== 0],
  ];
  const containers = [
    ...spec.containers,
    ...(spec.initContainers ?? []),
    ...((spec.ephemeralContainers ?? []) as V1Container[]),
  ];
  return [...controls, ...containers.flatMap((container) => containerControls(container, context))].flatMap(
    ([control, kept]) => (kept ? [] : [control]),
  );
}

function containerControls(container: V1Container, pod: V1PodSpec["securityContext"]): [string, boolean][] {
  const own: V1SecurityContext = container.securityContext ?? {};
  const { drop = [], add = [] } = own.capabilities ?? {};
  const seccomp = own.seccompProfile ?? pod?.seccompProfile;
  return [
    ["privileged", !own.privileged],
    ["host ports", (container.ports ?? []).every(({ hostPort }) => !hostPort)],
    ["/proc mount type", (own.procMount ?? "Default") === "Default"],
    ["privilege escalation", own.allowPrivilegeEscalation === false],
    ["running as non-root", (own.runAsNonRoot ?? pod?.runAsNonRoot) === true],
    ["running as non-root user", own.runAsUser !== 0],
    ["seccomp", SECCOMP.has(seccomp?.type)],
    ["capabilities", drop.includes("ALL") && add.every((name) => name === "NET_BIND_SERVICE")],
  ];
}
