import type { Properties } from "../../shared/server";
import { optionalText, text, type Schema } from "../schema";
import { iamName } from "../validation";

/**
 * The name of a new IAM entity: given, or a prefix with a suffix of 26 characters (internal/create/naming.go: Name;
 * terraform-plugin-sdk/v2 helper/id: PrefixedUniqueId, a time stamp and a counter).
 */
export function nameFrom(planned: Properties): string {
  const name = optionalText(planned, "name");
  if (name !== undefined) return name;
  const time = new Date().toISOString().replace(/\D/g, "").padEnd(18, "0");
  const counter = (++created).toString(16).padStart(8, "0");
  return `${text(planned, "namePrefix") || "terraform-"}${time}${counter}`;
}

let created = 0;

/** The prefix that such a name has, else nothing (internal/create/naming.go: NamePrefixFromName). */
export function namePrefixOf(name: string): string {
  return /^(.*)\d{18}[0-9a-f]{8}$/s.exec(name)?.[1] ?? "";
}

/**
 * `name` and `namePrefix` of an IAM entity: one of them, or neither, which gives an automatic name
 * (pulumi-aws provider/autonaming.go).
 */
export function nameProperties(longest: { name: number; prefix: number; automatic: number }) {
  return {
    name: {
      terraformName: "name",
      input: "optional",
      computed: true,
      forceNew: true,
      autoName: { maxLength: longest.automatic },
      conflictsWith: "namePrefix",
      problems: iamName("name", longest.name),
    },
    namePrefix: {
      terraformName: "name_prefix",
      input: "optional",
      computed: true,
      forceNew: true,
      conflictsWith: "name",
      problems: iamName("name_prefix", longest.prefix),
    },
  } satisfies Schema;
}
