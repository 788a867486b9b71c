import type { LabAccount } from "../types";
import { textOfXml, type Answer } from "./query";

/** A user of IAM whose access key was made through the front: an administrator's keys are known without. */
export interface User {
  userName: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The administrator of the user's account. */
  admin: LabAccount;
}

/**
 * The users whose signatures the front can verify. AWS's services look keys up in IAM; moto tells nobody the secret of a key
 * but who makes it, so it is kept as it passes.
 */
export class Users {
  readonly #byKey = new Map<string, User>();

  all(): User[] {
    return [...this.#byKey.values()];
  }

  /** Keeps the key in moto's answer to CreateAccessKey. */
  remember(answer: Answer, admin: LabAccount): void {
    if (answer.status !== 200) return;
    const xml = answer.body.toString();
    const read = (tag: string) => textOfXml(xml, tag) ?? "";
    const accessKeyId = read("AccessKeyId");
    const secretAccessKey = read("SecretAccessKey");
    this.#byKey.set(accessKeyId, { userName: read("UserName"), accessKeyId, secretAccessKey, admin });
  }

  /** A deleted key signs nothing any more. */
  forget(accessKeyId: string): void {
    this.#byKey.delete(accessKeyId);
  }
}

/** The access key that a call says it is signed with. */
export function accessKeyIn(authorization: string | undefined): string | undefined {
  return /Credential=([^/,\s]+)\//.exec(authorization ?? "")?.[1];
}
