/**
 * The environment for an npm that works in another folder than the clone. Under `npm run` this one's tells of the clone and of that
 * command; what the user has set stays.
 */
export function npmEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const foreign =
    /^npm_(package|lifecycle)_|^npm_config_(local_prefix|dry_run|json)$|^(INIT_CWD|NODE_OPTIONS)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}
