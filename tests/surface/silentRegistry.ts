import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A registry for npm, so that nothing outside of this machine is asked. */
export interface SilentRegistry {
  url: string;
  /** The methods of what it was asked. */
  asked: string[];
  close: () => void;
}

/** It knows the packages that are given, each as npm's registry tells of it, and takes none. */
export async function startSilentRegistry(packages: Record<string, object> = {}): Promise<SilentRegistry> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.method ?? "");
    const known = packages[(request.url ?? "").slice(1)];
    response.writeHead(known === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(known ?? {}));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
