import * as pulumi from "@pulumi/pulumi";
import { MultiClusterIrsa, type MultiClusterIrsaArgs } from "../../../index";
import { declareByHand } from "./byHand";

/** How a fleet is declared: by the component, by hand, or by hand under a component that does nothing else. */
export const WAYS = ["component", "byHand", "enclosed"] as const;
export type Way = (typeof WAYS)[number];

/** What each is called in tables. */
export const CALLED: Record<Way, string> = {
  component: "MultiClusterIrsa",
  byHand: "by hand",
  enclosed: "by hand, in a component",
};

const NAME = "app";

/** Declares a fleet, and gives the roles' ARNs by cluster, which is what a program exports. */
export function declare(way: Way, args: MultiClusterIrsaArgs): pulumi.Inputs {
  switch (way) {
    case "component":
      return { roleArns: new MultiClusterIrsa(NAME, args).roleArns };
    case "byHand":
      return { roleArns: declareByHand(NAME, args, {}) };
    case "enclosed": {
      const parent = new Enclosing(NAME);
      return { roleArns: declareByHand(NAME, args, { parent }) };
    }
  }
}

class Enclosing extends pulumi.ComponentResource {
  constructor(name: string) {
    super("bench:index:Fleet", name);
    this.registerOutputs({});
  }
}
