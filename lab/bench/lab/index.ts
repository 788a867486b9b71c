import { setUp } from "../../setup";
import type { BenchPart } from "../lines";
import { FEWEST_ROUNDS } from "../statistics";
import { measureDemo } from "./demo";
import { measureTenClusters } from "./tenClusters";

/** The lab: how long its demo takes, and how much memory its clusters take. */
export const labPart: BenchPart = {
  part: "lab",
  title: "The lab",
  rounds: FEWEST_ROUNDS,
  run: async (context) => {
    // What is missing is no part of a warm run.
    await setUp();
    const findings = [await measureDemo(context), await measureTenClusters(context)];
    return {
      tables: findings.flatMap(({ tables }) => tables),
      lines: findings.flatMap(({ lines }) => lines),
      notes: findings.flatMap(({ notes }) => notes),
    };
  },
};
