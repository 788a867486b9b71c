import { IdentityMode } from "../trust/types";

/** Why a pod has another's credentials, or none. With IRSA the text is part of what makes a pod another one: it stays as it is. */
const TOO_EARLY: Record<IdentityMode, string> = {
  Irsa: "A pod made before its ServiceAccount was annotated never gets the role: delete the pod and make it anew.",
  Both: "A pod made before its ServiceAccount had its annotation and its association never gets the role: delete the pod and make it anew.",
  PodIdentity:
    "A pod made before its ServiceAccount had its association never gets the role, nor does one on a node without the EKS Pod Identity Agent: delete the pod and make it anew.",
};

/**
 * What a pod runs that proves its role, for `sh` and the `aws` command alone.
 *
 * Only a session of the expected role counts: a pod without credentials of its own could otherwise pass with its node's.
 *
 * @param attempts how often it asks, five seconds apart; IAM is eventually consistent.
 * @param proven what it does when AWS has called it by the role's name.
 */
function proofScript(attempts: number, identity: IdentityMode, proven: string): string {
  return `
arn="$EXPECTED_ROLE_ARN"
partition="\${arn#arn:}"; partition="\${partition%%:*}"
account="\${arn#arn:*:iam::}"; account="\${account%%:*}"
role="\${arn##*/}"
attempt=1
while :; do
  if answer="$(aws sts get-caller-identity --query Arn --output text 2>&1)"; then
    case "$answer" in
      "arn:$partition:sts::$account:assumed-role/$role/"*) break ;;
    esac
    answer="AWS calls this pod $answer, which is no session of $EXPECTED_ROLE_ARN. ${TOO_EARLY[identity]}"
  fi
  if [ "$attempt" -ge ${attempts} ]; then
    printf '%s\\n' "$answer" >&2
    printf '%s' "$answer" >"$TERMINATION_LOG"
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 5
done
echo "AWS calls this pod $answer"
${proven}
`.trim();
}

/** The sample pod asks for about a minute, is ready then, and stays up. */
export function samplePodScript(identity: IdentityMode): string {
  return proofScript(
    12,
    identity,
    `touch "$HOME/ready"
trap 'exit 0' TERM INT
while :; do sleep 3600 & wait "$!"; done`,
  );
}

/** A pod of the verification Job asks for a few seconds only: where it has no credentials, the next pod is what helps. */
export function verificationScript(identity: IdentityMode): string {
  return proofScript(3, identity, "exit 0");
}
