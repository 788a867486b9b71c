import { InitFailedError } from "../shared/errors";
import type { OperationContext, ProviderHandlers } from "../shared/handlers";
import { containsUnknown, type Properties } from "../shared/values";
import { PreviewImpossible, updateObject, type Application, type Sleep } from "./apply";
import { checkInputs } from "./check";
import { fieldManagerOf, initialApiVersionOf, makeCheckpoint, parseCheckpoint } from "./checkpoint";
import { ApiError, type KubernetesClient } from "./client";
import { connect, type Connected } from "./connection";
import { createObject } from "./create";
import { diffObject } from "./diff";
import { diffConfig } from "./diff-config";
import { kindOf, pathOf, type Kind } from "./kinds";
import { idOf, normalize, parseId } from "./objects";
import { readResult } from "./read-back";
import { relinquish } from "./relinquish";
import { deleteObject, StillThere } from "./remove";
import { markSecrets, reveal } from "./secrets";
import { findConfigProblems, readSettings, type Settings } from "./settings";
import { forgetUnreachable, UNREACHABLE } from "./unreachable";
import { findUnsupported, isToBeReplaced } from "./unready";
import { checkReady, NotReady, waitUntilReady } from "./wait";

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
  private settings = readSettings({}, {});
  private readonly cancellation = new AbortController();

  /** `sleep` passes the time, and comes back early when its signal is aborted; `open` connects to the cluster. */
  constructor(
    readonly version: string,
    private readonly sleep: Sleep,
    private readonly open: (settings: Settings) => Promise<Connected> = connect,
  ) {}

  checkConfig(news: Properties): ReturnType<NonNullable<ProviderHandlers["checkConfig"]>> {
    return Promise.resolve({ inputs: news, failures: findConfigProblems(news) });
  }

  diffConfig = diffConfig;

  async configure(config: Properties): Promise<void> {
    this.settings = readSettings(config);
    this.connected = await this.open(this.settings);
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
    // A Patch is not tried out: https://github.com/pulumi/pulumi-kubernetes/pull/2182
    const untried = context.preview && (kind.patch === true || containsUnknown(inputs));
    if (client === undefined || untried) return { id: "", state: news };

    const fieldManager = fieldManagerOf({}, inputs);
    const application = this.application(kind, inputs, fieldManager, context);
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
    if ("unreachable" in connection) {
      const { deleteUnreachable } = this.settings;
      await forgetUnreachable("read", connection.unreachable, deleteUnreachable, context.log);
      return undefined;
    }
    const kind = kindOf(type);
    // Without inputs the real plugin looks for objects of the kind that the type is called, and of a Patch there are none.
    if (kind.patch === true && Object.keys(inputs).length === 0) return undefined;
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
    const application = this.application(kind, inputs, fieldManager, context);
    let after: Properties;
    try {
      const applied = await updateObject(client, application, oldLive, context.ignoreChanges);
      const live = context.preview
        ? applied
        : await waitUntilReady(client, kind, inputs, applied, this.waiting(context));
      after = makeCheckpoint(live, inputs, news, about);
    } catch (error) {
      if (context.preview && isNotForPreview(error)) return news;
      // The object is as it was, or half changed: the engine records what is there now.
      const live = await this.liveAfterFailure(client, kind, id, context, error);
      throw new InitFailedError(id, makeCheckpoint(live, inputs, news, about), [
        `the Kubernetes API server reported that "${id}" failed to fully initialize or become live: ${reasonOf(error)}`,
        ...(error instanceof NotReady ? error.troubles : []),
      ]);
    }
    const before = fieldManagerOf(oldState, oldInputs);
    if (!context.preview && before !== fieldManager) await relinquish(client, kind, reveal(after), before);
    return after;
  };

  delete: ProviderHandlers["delete"] = async (type, id, state, context) => {
    const { connection } = this.connected;
    if ("unreachable" in connection) {
      const { deleteUnreachable } = this.settings;
      await forgetUnreachable("delete", connection.unreachable, deleteUnreachable, context.log);
      return;
    }
    const kind = kindOf(type);
    const { live, inputs } = parseCheckpoint(state);
    const fieldManager = fieldManagerOf(state, inputs);
    if (kind.patch === true) {
      await relinquish(connection.client, kind, live, fieldManager);
      return;
    }
    try {
      const { name } = parseId(id);
      await deleteObject(connection.client, kind, name, inputs, live, this.waiting(context));
    } catch (error) {
      if (!(error instanceof StillThere)) throw error;
      const about = { initialApiVersion: initialApiVersionOf(state, inputs), fieldManager };
      throw new InitFailedError(id, makeCheckpoint(error.object, inputs, state, about), [error.message]);
    }
  };

  invoke: ProviderHandlers["invoke"] = (token) =>
    Promise.reject(new Error(`the lab's stand-in for Kubernetes has no function ${token}`));

  cancel(): void {
    this.cancellation.abort();
  }

  private application = (
    kind: Kind,
    inputs: Properties,
    fieldManager: string,
    { preview, log }: OperationContext,
  ): Application => ({ kind, inputs, fieldManager, preview, log, settings: this.settings });

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
