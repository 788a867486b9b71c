import assert from "node:assert/strict";
import { partitionOf } from "../../../lab/plugins/aws/partition";

describe("the AWS stand-in: partitions", () => {
  for (const [region, ...expected] of [
    ["eu-west-1", "aws", "amazonaws.com", "com.amazonaws"],
    ["us-gov-west-1", "aws-us-gov", "amazonaws.com", "com.amazonaws"],
    ["cn-north-1", "aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"],
    ["eusc-de-east-1", "aws-eusc", "amazonaws.eu", "eu.amazonaws"],
    ["us-iso-east-1", "aws-iso", "c2s.ic.gov", "gov.ic.c2s"],
    ["us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov", "gov.sgov.sc2s"],
    ["eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk", "uk.adc-e.cloud"],
    ["us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov", "gov.ic.hci.csp"],
  ] as const) {
    it(`${region} is in ${expected[0]}`, () => {
      const { id, dnsSuffix, reverseDnsPrefix } = partitionOf(region);
      assert.deepEqual([id, dnsSuffix, reverseDnsPrefix], expected);
    });
  }
});
