/**
 * What a sample pod runs, for `sh` and the `aws` command alone.
 *
 * IAM is eventually consistent, so it asks a dozen times in about a minute. Only a session of the expected role counts: a
 * pod without credentials of its own could otherwise pass with its node's.
 */
export const SAMPLE_POD_SCRIPT = `
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
  if [ "$attempt" -ge 12 ]; then
    printf '%s\\n' "$answer" >&2
    printf '%s' "$answer" >"$TERMINATION_LOG"
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 5
done
echo "AWS calls this pod $answer"
touch "$HOME/ready"
trap 'exit 0' TERM INT
while :; do sleep 3600 & wait "$!"; done
`.trim();
