import { sameValue } from "../shared/diff";
import {
  InitFailedError,
  UNKNOWN,
  type DiffResult,
  type InvokeResult,
  type OperationContext,
  type Properties,
  type ProviderHandlers,
  type ReadResult,
} from "../shared/server";
import { checkInputs } from "./check";
import { openAccount, type AwsClients } from "./clients";
import { decodeConfiguration, readConfiguration } from "./configuration";
import { functionOf } from "./functions";
import { diffResource, planState } from "./plan";
import { inputsFromState } from "./readBack";
import { refuseOtherPartition, withRegion } from "./regions";
import { resources } from "./resources";
import type { ResourceDefinition } from "./schema";

// The version of @pulumi/aws that the lab's programs use is what the real plugin's would be.
const VERSION = "7.48.0";

/** The AWS provider on top of an account on this machine. */
export class AwsHandlers implements ProviderHandlers {
  readonly name = "aws";
  readonly version = VERSION;
  private providerConfig: Properties = {};
  private account: AwsClients | undefined;

  /** `open` opens the account: another one than AWS's, where nothing is to leave the process. */
  constructor(
    private readonly environment: Record<string, string | undefined>,
    private readonly open: typeof openAccount = openAccount,
  ) {}

  async configure(config: Properties): Promise<void> {
    this.providerConfig = decodeConfiguration(config);
    this.account = await this.open(readConfiguration(config, this.environment), this.providerConfig);
  }

  /**
   * A change of region, keys or endpoints updates the provider and replaces nothing: no property of pulumi-aws's
   * configuration is marked ForceNew, and only those replace (pulumi-terraform-bridge pkg/tfbridge/provider.go:
   * configDiffer).
   */
  diffConfig(olds: Properties, news: Properties): DiffResult {
    return { changes: sameValue(olds, news) ? "NONE" : "SOME" };
  }

  check: ProviderHandlers["check"] = (type, olds, news, context) =>
    Promise.resolve().then(() =>
      checkInputs(definitionOf(type).schema, olds, news, this.providerConfig, context),
    );

  diff: ProviderHandlers["diff"] = (type, _id, oldState, newInputs, _oldInputs, ignoreChanges) =>
    Promise.resolve().then(() => {
      this.checkRegion(type, newInputs);
      return diffResource(definitionOf(type), oldState, newInputs, ignoreChanges);
    });

  async create(type: string, inputs: Properties, { preview, urn }: OperationContext) {
    const definition = definitionOf(type);
    this.checkRegion(type, inputs);
    const given = withRegion(definition.schema, inputs, this.account?.region);
    const planned = planState(definition.schema, undefined, given);
    if (preview) return { id: "", state: planned };
    const known = withoutUnknowns(planned);
    const id = await failingAs(definition, `creating ${urn}`, definition.create(this.aws, known));
    try {
      await definition.settle?.(this.aws, id, known);
      const state = await this.readState(definition, id, known);
      if (state === undefined) throw new Error(`${id} is not there after it was created`);
      return { id, state: asPlanned(definition, planned, state) };
    } catch (error) {
      // It exists: were its id lost, the next update would create it again.
      throw new InitFailedError(id, known, [error instanceof Error ? error.message : String(error)]);
    }
  }

  async read(
    type: string,
    id: string,
    state: Properties,
    inputs: Properties,
  ): Promise<ReadResult | undefined> {
    const definition = definitionOf(type);
    const prior = Object.keys(state).length > 0 ? state : definition.parseId(id);
    const found = await failingAs(definition, `refreshing ${id}`, this.readState(definition, id, prior));
    if (found === undefined) return undefined;
    return {
      id: definition.idOf?.(found) ?? id,
      state: found,
      inputs: inputsFromState(definition.schema, found, inputs),
    };
  }

  async update(
    type: string,
    id: string,
    oldState: Properties,
    newInputs: Properties,
    { preview, urn }: OperationContext,
  ): Promise<Properties> {
    const definition = definitionOf(type);
    const planned = planState(definition.schema, oldState, newInputs);
    if (preview) return planned;
    await failingAs(definition, `updating ${urn}`, definition.update(this.aws, id, oldState, planned));
    const state = await this.readState(definition, id, planned);
    if (state === undefined) throw new Error(`updating ${urn}: ${id} does not exist any more`);
    return asPlanned(definition, planned, state);
  }

  async delete(type: string, id: string, state: Properties, { urn }: OperationContext): Promise<void> {
    const definition = definitionOf(type);
    await failingAs(definition, `deleting ${urn}`, definition.delete(this.aws, id, state));
  }

  async invoke(token: string, args: Properties): Promise<InvokeResult> {
    const call = functionOf(token);
    if (call === undefined) throw unknownToken(token);
    return { result: await failingAs({}, `invoking ${token}`, call(this.aws, args)) };
  }

  private get aws(): AwsClients {
    if (this.account === undefined) throw new Error("the provider is not configured yet");
    return this.account;
  }

  private checkRegion(type: string, inputs: Properties): void {
    if (this.account !== undefined) refuseOtherPartition(definitionOf(type), inputs, this.account.region);
  }

  private async readState(
    definition: ResourceDefinition,
    id: string,
    prior: Properties,
  ): Promise<Properties | undefined> {
    const state = await definition.read(this.aws, id, prior);
    if (state === undefined) return undefined;
    const local = Object.entries(definition.schema).filter(([, property]) => property.local);
    return {
      ...state,
      ...Object.fromEntries(local.flatMap(([key]) => (prior[key] === undefined ? [] : [[key, prior[key]]]))),
    };
  }
}

function definitionOf(type: string): ResourceDefinition {
  const definition = resources[type];
  if (definition === undefined) throw unknownToken(type);
  return definition;
}

function unknownToken(token: string): Error {
  return new Error(
    `the lab's stand-in for AWS does not know ${token}; LAB_PLUGINS=real uses the real plugin`,
  );
}

// The plugin framework's resources keep what was planned, and ask AWS for the rest only
// (terraform-plugin-framework's Create and Update set the state from the plan).
function asPlanned({ framework }: ResourceDefinition, planned: Properties, read: Properties): Properties {
  if (!framework) return read;
  const told = Object.entries(read).filter(([key]) => planned[key] === UNKNOWN);
  return { ...withoutUnknowns(planned), ...Object.fromEntries(told) };
}

function withoutUnknowns(planned: Properties): Properties {
  return Object.fromEntries(Object.entries(planned).filter(([, value]) => value !== UNKNOWN));
}

// The frame that the bridge puts around Terraform's diagnostics (pulumi-terraform-bridge pkg/tfbridge/provider.go with
// hashicorp/go-multierror), but not around those of the plugin framework.
async function failingAs<T>(
  { framework = false }: Pick<ResourceDefinition, "framework">,
  doing: string,
  call: Promise<T>,
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (framework) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${doing}: 1 error occurred:\n\t* ${message}\n\n`, { cause: error });
  }
}
