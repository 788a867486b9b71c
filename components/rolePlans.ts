import * as pulumi from "@pulumi/pulumi";
import { isPlain } from "./problems";
import { roleNameIn } from "./roleValidation";
import type { RoleSettings, TrustSettings } from "./types";

/** A role that is to be made, with what it and its policies are called in their URNs. */
export interface RolePlan {
  /** Name of the role. The engine makes the physical name of it where there is none, and IAM takes no slash in that. */
  roleName: string;
  /** Below this are its policies. */
  path: string;
  /** What both were called as long as the role had no name of its own: with this as an alias nothing is replaced. */
  unnamed?: string;
  settings: RoleSettings;
}

/**
 * The role that ServiceAccounts get, and those of former names that are kept beside it.
 *
 * A role with a plain name of its own is called by it in its URN. So a rename makes a new resource beside the old one, which can
 * be kept or dropped; under one URN the engine could only replace it.
 */
export function rolePlans(
  name: string,
  settings: RoleSettings,
  shard: string | undefined,
  trust: TrustSettings,
): { role: RolePlan; former: RolePlan[] } {
  if (shard !== undefined && shard !== trust.originalShard) {
    const role = {
      roleName: `${name}-${shard}`,
      path: `${name}/${shard}`,
      settings: shardSettings(settings, shard, trust),
    };
    return { role, former: [] };
  }
  const { formerNames = [], ...own } = settings;
  const [eldest, ...later] = [...formerNames, own.name];
  const plans = [
    named(name, { ...own, name: eldest }, true),
    ...later.map((one) => named(name, { ...own, name: one }, false)),
  ];
  const [role, ...former] = plans.reverse() as [RolePlan, ...RolePlan[]];
  return { role, former: former.map((plan) => ({ ...plan, settings: withoutImport(plan.settings) })) };
}

/** @param eldest whether this may be the role that had no name of its own. */
function named(name: string, { name: roleName, ...others }: Settings, eldest: boolean): RolePlan {
  if (!isPlain(roleName)) {
    const settings = roleName === undefined ? others : { ...others, name: roleName };
    return { roleName: name, path: name, settings };
  }
  return {
    roleName: `${name}/${roleName}`,
    path: `${name}/${roleName}`,
    ...(eldest && { unnamed: name }),
    settings: { ...others, name: roleName },
  };
}

type Settings = Omit<RoleSettings, "name"> & { name: pulumi.Input<string> | undefined };

function withoutImport({ importRole: _, ...settings }: RoleSettings): RoleSettings {
  return settings;
}

function shardSettings(role: RoleSettings, shard: string, trust: TrustSettings): RoleSettings {
  const { name } = role;
  if (name === undefined) {
    return role;
  }
  const inShard = (whole: string) => roleNameIn(shard, whole, trust);
  return { ...role, name: isPlain(name) ? inShard(name) : pulumi.output(name).apply(inShard) };
}
