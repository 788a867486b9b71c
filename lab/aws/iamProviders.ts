import { nullError } from "./iamRoles";
import {
  AwsError,
  errorAnswer,
  refuseViolations,
  textOfXml,
  violation,
  type Answer,
  type QueryParameters,
} from "./query";

/** Refuses a provider URL that IAM would refuse: https, no port, no query (API reference of CreateOpenIDConnectProvider). */
export function checkCreateProvider(parameters: QueryParameters): void {
  const url = parameters.get("Url");
  if (url === undefined) throw nullError("url");
  // The host in lower case or not, a path or none, a trailing slash or none: IAM takes them all, as different providers.
  if (url.length > 255 || !/^https:\/\/[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(\/[^?#\s]*)?$/.test(url)) {
    throw new AwsError("ValidationError", "Invalid Open ID Connect Provider URL");
  }
  for (const clientId of parameters.list("ClientIDList")) checkClientId(clientId);
}

/** Puts the real message where moto says `Unknown`. */
export function renameDuplicate(parameters: QueryParameters, answer: Answer): Answer {
  if (textOfXml(answer.body.toString(), "Code") !== "EntityAlreadyExists") return answer;
  const message = `Provider with url ${parameters.get("Url") ?? ""} already exists.`;
  return errorAnswer("iam", new AwsError("EntityAlreadyExists", message, 409));
}

/** Refuses a client ID that IAM would refuse in AddClientIDToOpenIDConnectProvider. */
export function checkAddClientId(parameters: QueryParameters): void {
  const clientId = parameters.get("ClientID");
  if (clientId === undefined) throw nullError("clientID");
  checkClientId(clientId);
}

function checkClientId(clientId: string): void {
  if (clientId.length < 1)
    refuseViolations([violation("", "clientID", "have length greater than or equal to 1")]);
  if (clientId.length > 255)
    refuseViolations([violation("", "clientID", "have length less than or equal to 255")]);
}
