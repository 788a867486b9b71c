import assert from "node:assert/strict";
import { changesOf } from "../../lab/engine/journal";
import type { EngineStack } from "../../lab/engine/workspace";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import { attachedPolicies, inlinePolicies, TYPE } from "./support";

const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;
const [S3, DYNAMO, SQS, SNS] = [
  managed("AmazonS3ReadOnlyAccess"),
  managed("AmazonDynamoDBReadOnlyAccess"),
  managed("AmazonSQSReadOnlyAccess"),
  managed("AmazonSNSReadOnlyAccess"),
];

const document = (action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: action, Resource: "*" }],
});

/** Managed policies by key, and the actions of inline policies by name. */
interface Policies {
  policyArns: Record<string, string>;
  inline: Record<string, string>;
}

const FIRST: Policies = {
  policyArns: { s3: S3, dynamo: DYNAMO, sqs: SQS },
  inline: { logs: "logs:PutLogEvents", metrics: "cloudwatch:PutMetricData", traces: "xray:PutTraceSegments" },
};

function programWith({ clusters, namespace }: Scope, { policyArns, inline }: Policies) {
  return irsaProgram({
    clusters: [clusters.ireland],
    serviceAccounts: [{ namespace, name: "reader" }],
    policyArns,
    inlinePolicies: Object.fromEntries(
      Object.entries(inline).map(([name, action]) => [name, JSON.stringify(document(action))]),
    ),
  });
}

/** What an `up` with other policies changes, and what IAM has then. */
async function changeTo(stack: EngineStack, scope: Scope, policies: Policies) {
  const result = await stack.up(programWith(scope, policies));
  const roleName = String(result.outputs.roleName);
  return {
    changes: changesOf(result).map(({ op, type, name }) => `${op} ${type} ${name}`),
    attached: await attachedPolicies(scope.lab, roleName),
    inline: await inlinePolicies(scope.lab, roleName),
  };
}

describeEngine("engine: the role's policies", (newScope) => {
  /** A scope whose stack has the first policies. */
  async function deployed() {
    const scope = await newScope();
    const stack = await scope.open(programWith(scope, FIRST));
    await stack.up();
    return { scope, stack };
  }

  it("has exactly the declared set after policies were removed, inserted in front, and reordered", async () => {
    const { scope, stack } = await deployed();

    const removed = await changeTo(stack, scope, {
      policyArns: { dynamo: DYNAMO, sqs: SQS },
      inline: { metrics: "cloudwatch:PutMetricData", traces: "xray:PutTraceSegments" },
    });
    assert.deepEqual(removed.attached, [DYNAMO, SQS].sort());
    assert.deepEqual(removed.inline, {
      metrics: document("cloudwatch:PutMetricData"),
      traces: document("xray:PutTraceSegments"),
    });
    assert.deepEqual(removed.changes.sort(), [
      `delete ${TYPE.inlinePolicy} app/logs`,
      `delete ${TYPE.attachment} app/s3`,
    ]);

    const inserted = await changeTo(stack, scope, {
      policyArns: { sns: SNS, dynamo: DYNAMO, sqs: SQS },
      inline: {
        audit: "s3:PutObject",
        metrics: "cloudwatch:PutMetricData",
        traces: "xray:PutTraceSegments",
      },
    });
    assert.deepEqual(inserted.attached, [DYNAMO, SNS, SQS].sort());
    assert.deepEqual(Object.keys(inserted.inline).sort(), ["audit", "metrics", "traces"]);
    assert.deepEqual(inserted.changes.sort(), [
      `create ${TYPE.inlinePolicy} app/audit`,
      `create ${TYPE.attachment} app/sns`,
    ]);

    const reordered = await changeTo(stack, scope, {
      policyArns: { sqs: SQS, dynamo: DYNAMO, sns: SNS },
      inline: {
        traces: "xray:PutTraceSegments",
        metrics: "cloudwatch:PutMetricData",
        audit: "s3:PutObject",
      },
    });
    assert.deepEqual(reordered.changes, []);
    assert.deepEqual(reordered.attached, [DYNAMO, SNS, SQS].sort());
    assert.deepEqual(reordered.inline, inserted.inline);
  });

  it("has exactly the declared set when one key gets another policy, and one inline policy another text", async () => {
    const { scope, stack } = await deployed();
    const { attached, inline } = await changeTo(stack, scope, {
      policyArns: { s3: SNS, dynamo: DYNAMO },
      inline: { logs: "logs:CreateLogStream" },
    });
    assert.deepEqual(attached, [DYNAMO, SNS].sort());
    assert.deepEqual(inline, { logs: document("logs:CreateLogStream") });
  });
});
