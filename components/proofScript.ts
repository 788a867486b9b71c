/**
 * What a pod runs that proves its role, for `sh` and the `aws` command alone.
 *
 * Only a session of the expected role counts: a pod without credentials of its own could otherwise pass with its node's.
 *
 * @param attempts how often it asks, five seconds apart; IAM is eventually consistent.
 * @param proven what it does when AWS has called it by the role's name.
 */
function proofScript(attempts: number, proven: string): string {
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
    answer="AWS calls this pod $answer, which is no session of $EXPECTED_ROLE_ARN. A pod made before its ServiceAccount was annotated never gets the role: delete the pod and make it anew."
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
export const SAMPLE_POD_SCRIPT = proofScript(
  12,
  `touch "$HOME/ready"
trap 'exit 0' TERM INT
while :; do sleep 3600 & wait "$!"; done`,
);

/** A pod of the verification Job asks for a few seconds only: where it has no credentials, the next pod is what helps. */
export const VERIFICATION_SCRIPT = proofScript(3, "exit 0");
