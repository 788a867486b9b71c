import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  paginateListObjectsV2,
  PutBucketTaggingCommand,
  type BucketLocationConstraint,
  type S3Client,
} from "@aws-sdk/client-s3";
import { explain, unlessMissing } from "../errors";
import { changes } from "../plan";
import { output, TAG_PROPERTIES, text, type ResourceDefinition, type Schema } from "../schema";
import { partitionOf } from "../partition";
import { readTags, tagsToCreate, type AwsTag } from "../tags";
import { lengthBetween } from "../validation";

// internal/service/s3/bucket.go of terraform-provider-aws, name, tags and forced destruction only: enough for what a
// pod reads. Any other argument is refused. The automatic name is pulumi-aws provider/resources.go's.
const schema: Schema = {
  arn: output("arn"),
  bucket: {
    terraformName: "bucket",
    input: "optional",
    computed: true,
    forceNew: true,
    autoName: { maxLength: 63, lowerCase: true },
    problems: lengthBetween("bucket", 3, 63),
  },
  bucketDomainName: output("bucket_domain_name"),
  bucketRegionalDomainName: output("bucket_regional_domain_name"),
  forceDestroy: { terraformName: "force_destroy", input: "optional", default: false, local: true },
  region: output("region"),
  ...TAG_PROPERTIES,
};

/** `aws:s3/bucket:Bucket`. */
export const bucket: ResourceDefinition = {
  schema,

  parseId: (id) => ({ bucket: id, forceDestroy: false }),

  async create({ s3, region }, planned) {
    const name = text(planned, "bucket");
    const LocationConstraint = region as BucketLocationConstraint;
    await explain(
      `creating S3 Bucket (${name})`,
      s3.send(
        new CreateBucketCommand({
          Bucket: name,
          // us-east-1 is the one region that must not be named.
          ...(region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } }),
        }),
      ),
    );
    await putTags(s3, name, tagsToCreate(planned));
    return name;
  },

  async read({ s3, providerConfig }, id, prior) {
    const location = await explain(
      `reading S3 Bucket (${id})`,
      unlessMissing(s3.send(new GetBucketLocationCommand({ Bucket: id })), "NoSuchBucket"),
    );
    if (location === undefined) return undefined;
    const region = location.LocationConstraint ?? "us-east-1";
    const tagging = await explain(
      `listing tags for S3 Bucket (${id})`,
      unlessMissing(s3.send(new GetBucketTaggingCommand({ Bucket: id })), "NoSuchTagSet"),
    );
    return {
      arn: `arn:${partitionOf(region).id}:s3:::${id}`,
      bucket: id,
      bucketDomainName: `${id}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${id}.s3.${region}.amazonaws.com`,
      region,
      ...readTags(tagging?.TagSet, prior, providerConfig),
    };
  },

  async update({ s3 }, id, before, planned) {
    if (!changes(schema, "tagsAll", before, planned)) return;
    const tags = tagsToCreate(planned);
    if (tags === undefined) {
      await explain(
        `updating tags for S3 Bucket (${id})`,
        s3.send(new DeleteBucketTaggingCommand({ Bucket: id })),
      );
    } else await putTags(s3, id, tags);
  },

  async delete({ s3 }, id, state) {
    if (state.forceDestroy === true) {
      await explain(`emptying S3 Bucket (${id})`, unlessMissing(empty(s3, id), "NoSuchBucket"));
    }
    const remove = s3.send(new DeleteBucketCommand({ Bucket: id }));
    await explain(`deleting S3 Bucket (${id})`, unlessMissing(remove, "NoSuchBucket"));
  },
};

async function putTags(s3: S3Client, Bucket: string, TagSet: AwsTag[] | undefined): Promise<void> {
  if (TagSet === undefined) return;
  await explain(
    `setting S3 Bucket (${Bucket}) tags`,
    s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } })),
  );
}

async function empty(s3: S3Client, Bucket: string): Promise<void> {
  for await (const { Contents } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    for (const { Key } of Contents ?? []) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  }
}
