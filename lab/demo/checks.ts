import type { OperationResult } from "../engine/workspace";
import type { ProofRow } from "./table";

/** The role's trust policy in the first preview must be, to the letter, the one that was deployed. */
export function checkFirstPreview(preview: OperationResult, deployed: string): ProofRow {
  const role = preview.steps.find(({ type, op }) => type === "aws:iam/role:Role" && op === "create");
  const shown = role?.newInputs?.assumeRolePolicy;
  const same = typeof shown === "string" && shown === deployed;
  const statements = deployed.split('"Effect"').length - 1;
  return {
    who: "the stack",
    cluster: "all",
    tried: "first preview",
    expected: "the whole trust policy, as it is deployed then",
    answer: same
      ? `shows the whole trust policy, ${statements} statements`
      : `shows ${JSON.stringify(shown)}`,
    ok: same,
  };
}

/** After `up` there must be nothing to do. */
export function checkNoChange(preview: OperationResult): ProofRow {
  const changes = preview.steps.filter(({ op }) => op !== "same" && op !== "read");
  return {
    who: "the stack",
    cluster: "all",
    tried: "preview after up",
    expected: "no change",
    answer: changes.length === 0 ? "no change" : changes.map(({ op, name }) => `${op} ${name}`).join(", "),
    ok: changes.length === 0,
  };
}

/** After `destroy` nothing of the stack may be left. */
export function checkNothingLeft(left: string[]): ProofRow {
  return {
    who: "the stack",
    cluster: "all",
    tried: "audit after destroy",
    expected: "0 leftovers",
    answer: left.length === 0 ? "0 leftovers" : left.join("; "),
    ok: left.length === 0,
  };
}
