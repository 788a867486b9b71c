/** Something in this process that listens. */
export interface Closable {
  close: () => Promise<void>;
}

/** The servers of a lab that run in this process, so that none stays behind when the lab is started anew. */
export class OpenServers {
  readonly #servers: Promise<Closable>[] = [];

  /** Keeps a server, from before it is there. */
  readonly open = <T extends Closable>(starting: Promise<T>): Promise<T> => {
    this.#servers.push(starting);
    return starting;
  };

  /** Closes them all, those too that were just starting. */
  async close(): Promise<void> {
    const settled = await Promise.allSettled(this.#servers);
    const started = settled.flatMap((server) => (server.status === "fulfilled" ? [server.value] : []));
    await Promise.allSettled(started.map((server) => server.close()));
  }
}
