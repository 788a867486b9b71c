import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

export type Severity = "debug" | "info" | "warning" | "error";

/**
 * Writes to the engine's output. Resolves when the engine has it; a message that cannot be sent is lost, not an error.
 * A passing message is what a resource does just now: the engine shows it until the next one, and does not keep it.
 */
export type EngineLog = (severity: Severity, message: string, passing?: boolean) => Promise<void>;

const SEVERITIES: Record<Severity, LogSeverity> = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** The engine's log service. Its address comes as the plugin's first argument, or later by Attach. */
export class EngineLogService {
  private client: EngineClient | undefined;

  constructor(address: string | undefined) {
    if (address !== undefined) this.connect(address);
  }

  connect(address: string): void {
    this.client?.close();
    this.client = new EngineClient(address, credentials.createInsecure());
  }

  /** A log that writes next to the resource of this URN. */
  forResource(urn: string): EngineLog {
    return (severity, message, passing = false) =>
      new Promise((resolve) => {
        if (this.client === undefined) {
          resolve();
          return;
        }
        const request = new LogRequest();
        request.setSeverity(SEVERITIES[severity]);
        request.setMessage(message);
        request.setUrn(urn);
        request.setEphemeral(passing);
        this.client.log(request, () => {
          resolve();
        });
      });
  }
}
