import * as everything from "../index";

/**
 * What `main` of package.json names. `import "eks-irsa"` goes by `exports` and never comes here; Pulumi's plugin runner loads the
 * folder of PulumiPlugin.yaml, which goes by `main`. Given the component classes it would boot a host of its own, which reads this
 * package's sources by a TypeScript compiler at each start. So it is given a function, which it calls, and everybody else the package.
 * @see https://www.pulumi.com/docs/iac/guides/building-extending/components/build-a-component/
 */
export = isLoadedByRunner(module) ? serve : everything;

/** Is it Pulumi's plugin runner itself that loads this module? Another plugin that does so is not to become this one. */
function isLoadedByRunner(loaded: NodeJS.Module): boolean {
  // Node has nothing else that names who loads a module. Without it, the process' own file has to do.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const loader = loaded.parent?.filename ?? require.main?.filename ?? "";
  return /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run-plugin[\\/][^\\/]+$/.test(loader);
}

async function serve(): Promise<void> {
  // Nobody else pays for loading the host.
  const host = await import("./host");
  await host.serve();
  // The runner prints what is uncaught, with its stack, once a program has ended. A plugin ends when it is ended.
  await new Promise(() => undefined);
}
