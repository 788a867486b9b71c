import { InitFailedError } from "../shared/errors";
import type { OperationContext, ProviderHandlers, ResourceContext } from "../shared/handlers";
import { containsUnknown, type Properties } from "../shared/values";
import { createObject, PreviewImpossible, updateObject, type Sleep } from "./apply";
import { checkInputs } from "./check";
import { fieldManagerOf, initialApiVersionOf, makeCheckpoint, parseCheckpoint } from "./checkpoint";
import { ApiError, type KubernetesClient } from "./client";
import { connect, type Connected } from "./connection";
import { diffObject } from "./diff";
import { diffConfig } from "./diff-config";
import { kindOf, pathOf, type Kind } from "./kinds";
import { idOf, normalize, parseId } from "./objects";
import { readResult } from "./read-back";
import { deleteObject, StillThere } from "./remove";
import { markSecrets, reveal } from "./secrets";
import { findConfigProblems, readSettings } from "./settings";
import { findUnsupported, isToBeReplaced } from "./unready";
import { checkReady, NotReady, waitUntilReady } from "./wait";

const UNREACHABLE = "configured Kubernetes cluster is unreachable";
const DELETE_UNREACHABLE_HINT =
  "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the " +
  'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"';

/**
 * The stand-in for `pulumi-resource-kubernetes`: what it does, and the order it does it in, are the real plugin's
 * (https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3cc9a384442e8239310d51fdc052e/provider/pkg/provider/provider.go).
 * What it does not do is said where it would be done: `wait.ts`, `settings.ts`, `objects.ts`.
 */
export class KubernetesProvider implements ProviderHandlers {
  readonly name = "kubernetes";
  readonly acceptSecrets = true;
  private connected: Connected = {
    connection: { unreachable: "it is not configured" },
    defaultNamespace: "",
  };
  private deleteUnreachable = false;
  private readonly cancellation = new AbortController();

  /** `sleep` passes the time, and comes back early when its signal is aborted. */
  constructor(
    readonly version: string,
    private readonly sleep: Sleep,
  ) {}

  checkConfig(news: Properties): ReturnType<NonNullable<ProviderHandlers["checkConfig"]>> {
    return Promise.resolve({ inputs: news, failures: findConfigProblems(news) });
  }

  diffConfig = diffConfig;

  async configure(config: Properties): Promise<void> {
    const settings = readSettings(config);
    this.deleteUnreachable = settings.deleteUnreachable;
    this.connected = await connect(settings);
  }

  check: ProviderHandlers["check"] = (type, olds, news, { name, randomSeed }) => {
    const { defaultNamespace } = this.connected;
    const inputs = checkInputs(kindOf(type), reveal(olds), reveal(news), name, randomSeed, defaultNamespace);
    const failures = findUnsupported(inputs);
    return Promise.resolve({ inputs: markSecrets(inputs, news), failures });
  };

  diff: ProviderHandlers["diff"] = async (type, _id, oldState, news, _oldInputs, ignoreChanges, { log }) => {
    const kind = kindOf(type);
    const inputs = reveal(news);
    const replaceUnready = await isToBeReplaced(this.connected.connection, kind, inputs, log);
    return diffObject(kind, oldState, inputs, ignoreChanges, replaceUnready);
  };

  create: ProviderHandlers["create"] = async (type, news, context) => {
    const kind = kindOf(type);
    const inputs = reveal(news);
    const client = this.clientFor(context.preview);
    if (client === undefined || (context.preview && containsUnknown(inputs))) return { id: "", state: news };

    const fieldManager = fieldManagerOf({}, inputs);
    const application = { kind, inputs, fieldManager, preview: context.preview, log: context.log };
    let live: Properties;
    try {
      live = await createObject(client, application, this.sleep, this.cancellation.signal);
    } catch (error) {
      if (context.preview && isNotForPreview(error)) return { id: "", state: news };
      throw failure(
        `resource "${context.urn}" was not successfully created by the Kubernetes API server`,
        error,
      );
    }
    const about = { initialApiVersion: initialApiVersionOf({}, inputs), fieldManager };
    if (context.preview) {
      Reflect.deleteProperty(live, "status");
      return { id: "", state: makeCheckpoint(live, inputs, news, about) };
    }
    try {
      const ready = await waitUntilReady(client, kind, inputs, live, this.waiting(context));
      return { id: idOf(ready), state: makeCheckpoint(ready, inputs, news, about) };
    } catch (error) {
      if (!(error instanceof NotReady)) throw error;
      const what =
        `resource "${context.urn}" was successfully created, but the Kubernetes API server reported that it ` +
        `failed to fully initialize or become live: ${error.message}`;
      const state = makeCheckpoint(error.object, inputs, news, about);
      throw new InitFailedError(idOf(error.object), state, [what, ...error.troubles]);
    }
  };

  read: ProviderHandlers["read"] = async (type, id, state, inputs, context) => {
    const { connection } = this.connected;
    if ("unreachable" in connection) return this.readUnreachable(connection.unreachable, context);
    const kind = kindOf(type);
    const { namespace, name } = parseId(id);
    if (name === "") {
      throw new Error(
        `failed to read resource because of a failure to parse resource name from request ID: ${id}`,
      );
    }
    let live: Properties;
    try {
      live = await connection.client.request({ path: pathOf(kind, namespace ?? "default", name) });
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
    const result = readResult(kind, id, live, state, inputs);
    // What another made is taken as it is, on an import or a resource's `get`.
    if (Object.keys(inputs).length === 0) return result;
    try {
      await checkReady(connection.client, kind, reveal(inputs), live, context.log);
    } catch (error) {
      if (!(error instanceof NotReady)) throw error;
      throw new InitFailedError(id, result.state, [error.message, ...error.troubles], result.inputs);
    }
    return result;
  };

  update: ProviderHandlers["update"] = async (type, id, oldState, news, context) => {
    const kind = kindOf(type);
    const inputs = normalize(reveal(news));
    const client = this.clientFor(context.preview);
    if (client === undefined || (context.preview && containsUnknown(inputs))) return news;

    const { live: oldLive, inputs: oldInputs } = parseCheckpoint(oldState);
    const fieldManager = fieldManagerOf(oldState, inputs);
    const about = { initialApiVersion: initialApiVersionOf(oldState, oldInputs), fieldManager };
    const application = { kind, inputs, fieldManager, preview: context.preview, log: context.log };
    try {
      const applied = await updateObject(client, application, oldLive, context.ignoreChanges);
      const live = context.preview
        ? applied
        : await waitUntilReady(client, kind, inputs, applied, this.waiting(context));
      return makeCheckpoint(live, inputs, news, about);
    } catch (error) {
      if (context.preview && isNotForPreview(error)) return news;
      // The object is as it was, or half changed: the engine records what is there now.
      const live = await this.liveAfterFailure(client, kind, id, context, error);
      throw new InitFailedError(id, makeCheckpoint(live, inputs, news, about), [
        `the Kubernetes API server reported that "${id}" failed to fully initialize or become live: ${reasonOf(error)}`,
        ...(error instanceof NotReady ? error.troubles : []),
      ]);
    }
  };

  delete: ProviderHandlers["delete"] = async (type, id, state, context) => {
    const { connection } = this.connected;
    if ("unreachable" in connection) {
      await this.warnUnreachable(connection.unreachable, context);
      if (this.deleteUnreachable) return;
      throw new Error(`${UNREACHABLE}. ${DELETE_UNREACHABLE_HINT}`);
    }
    const { live, inputs } = parseCheckpoint(state);
    try {
      const { name } = parseId(id);
      await deleteObject(connection.client, kindOf(type), name, inputs, live, this.waiting(context));
    } catch (error) {
      if (!(error instanceof StillThere)) throw error;
      const about = {
        initialApiVersion: initialApiVersionOf(state, inputs),
        fieldManager: fieldManagerOf(state, inputs),
      };
      throw new InitFailedError(id, makeCheckpoint(error.object, inputs, state, about), [error.message]);
    }
  };

  invoke: ProviderHandlers["invoke"] = (token) =>
    Promise.reject(new Error(`the lab's stand-in for Kubernetes has no function ${token}`));

  cancel(): void {
    this.cancellation.abort();
  }

  private waiting = ({ timeout, log }: OperationContext) => ({
    timeout,
    log,
    sleep: this.sleep,
    signal: this.cancellation.signal,
  });

  /** The cluster; a preview does without one that does not answer. */
  private clientFor(preview: boolean): KubernetesClient | undefined {
    const { connection } = this.connected;
    if ("client" in connection) return connection.client;
    if (preview) return undefined;
    throw new Error(`${UNREACHABLE}: ${connection.unreachable}`);
  }

  private async readUnreachable(reason: string, context: ResourceContext): Promise<undefined> {
    await this.warnUnreachable(reason, context);
    if (this.deleteUnreachable) return undefined;
    throw new Error(`failed to read resource state due to unreachable cluster. ${DELETE_UNREACHABLE_HINT}`);
  }

  private async warnUnreachable(reason: string, { log }: ResourceContext): Promise<void> {
    await log("warning", `${UNREACHABLE}: ${reason}`);
    if (!this.deleteUnreachable) return;
    await log(
      "info",
      `${UNREACHABLE} and the \`deleteUnreachable\` option is enabled. ` +
        "Deleting the unreachable resource from Pulumi state",
    );
  }

  private async liveAfterFailure(
    client: KubernetesClient,
    kind: Kind,
    id: string,
    { urn }: OperationContext,
    error: unknown,
  ): Promise<Properties> {
    const { namespace, name } = parseId(id);
    try {
      return await client.request({ path: pathOf(kind, namespace ?? "default", name) });
    } catch (readError) {
      throw new Error(
        `update of resource "${urn}" failed: ${reasonOf(error)}\nunable to get cluster state: ${reasonOf(readError)}`,
        { cause: readError },
      );
    }
  }
}

/** May the preview go on with the inputs alone? The cluster cannot say yet what it will do. */
function isNotForPreview(error: unknown): boolean {
  return error instanceof PreviewImpossible || (error instanceof ApiError && error.code === 403);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const failure = (what: string, error: unknown): Error =>
  new Error(`${what}: ${reasonOf(error)}`, { cause: error });
