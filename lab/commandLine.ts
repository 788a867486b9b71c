import { exitWithParent } from "./supervisor/signals";

/** A command of the repository, such as `npm run demo`. */
export interface Command<Options extends { help: boolean }> {
  /** As a failure is told of: `demo`. */
  name: string;
  usage: string;
  /** @throws Error that says which argument is none of the command's. */
  readOptions: (args: string[]) => Options;
  /** Gives the exit code. */
  run: (options: Options) => Promise<number>;
}

/** Runs a command with this process's arguments, and sets the exit code: 2 for wrong arguments, 1 for an error. */
export function runCommandLine<Options extends { help: boolean }>(command: Command<Options>): void {
  exitWithParent();
  let options: Options;
  try {
    options = command.readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${command.usage}`);
    process.exitCode = 2;
    return;
  }
  if (options.help) {
    console.log(command.usage);
    return;
  }
  command.run(options).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(`\nThe ${command.name} failed: ${messageOf(error)}`);
      process.exitCode = 1;
    },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
