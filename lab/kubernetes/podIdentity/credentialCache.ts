import { EksRefusal, type PodCredentials } from "./eks";
import { AgentRefusal, type PodClaims, podUidOf, readPodToken } from "./podToken";

/** How long credentials are kept before new ones are asked for, if they last longer: half of the six hours of EKS's. */
const RENEWED_AFTER = 3 * 3_600_000;
/** With less than this left, credentials are neither kept nor given away. */
const LEAST = 15_000;
/** How soon it is tried again where new ones could not be had; up to as much again is added by chance. */
const RETRY = 60_000;

/** After these, a pod's credentials are forgotten; after any other, the old ones are kept as long as they last. */
const irrecoverable = [
  "ResourceNotFoundException",
  "ExpiredTokenException",
  "InvalidTokenException",
  "AccessDeniedException",
];

interface Entry {
  /** The token that they were last asked for with, and are renewed with. */
  token: string;
  credentials: PodCredentials;
  /** When new ones are to be asked for, milliseconds since 1970. */
  renewal: number;
}

/** What the cache works with. */
export interface CacheParts {
  /** Asks EKS Auth. */
  fetch: (token: string) => Promise<PodCredentials>;
  /** Whether a token that a pod has not shown before is good. */
  isGood: (token: string, claims: PodClaims) => Promise<boolean>;
  /** Milliseconds since 1970. */
  now: () => number;
  /** From 0 to 1. */
  chance: () => number;
}

/**
 * The agent's cache, by pod. A pod whose association is gone is given the credentials of before until they are to be
 * renewed, which is three hours after they were made; what the pod took is good for as long as they last. The limits
 * on the cache's size and on how often EKS Auth is asked are left out.
 * Source: https://github.com/aws/eks-pod-identity-agent/blob/main/internal/credcache/cache.go and
 * https://github.com/aws/eks-pod-identity-agent/blob/main/internal/credsretriever/refreshing_cache.go; the three hours are
 * the default of max-credential-retention-before-renewal in
 * https://github.com/aws/eks-pod-identity-agent/blob/main/cmd/server.go
 */
export class CredentialCache {
  readonly #entries = new Map<string, Entry>();
  readonly #pending = new Map<string, Promise<unknown>>();

  constructor(private readonly parts: CacheParts) {}

  /** The credentials for whoever shows a token. */
  async get(token: string): Promise<PodCredentials> {
    const claims = readPodToken(token, this.parts.now());
    const podUid = podUidOf(claims);
    for (;;) {
      const kept = await this.kept(podUid, token, claims);
      if (kept) return kept;
      const pending = this.#pending.get(token);
      if (!pending) break;
      await pending.catch(() => undefined); // then it is in the cache, or is asked for once more
    }
    const fetching = this.fetchAndKeep(podUid, token);
    this.#pending.set(token, fetching);
    try {
      return await fetching;
    } finally {
      this.#pending.delete(token);
    }
  }

  /** Renews what is due, and forgets what has ended; to be called each minute. */
  async sweep(): Promise<void> {
    const due = [...this.#entries].filter(([, { renewal }]) => this.parts.now() > renewal);
    for (const [podUid, entry] of due) {
      await this.renew(podUid, entry);
    }
    for (const [podUid, { credentials }] of this.#entries) {
      if (this.parts.now() > credentials.expires) this.#entries.delete(podUid);
    }
  }

  /** As when the agent ends. */
  clear(): void {
    this.#entries.clear();
  }

  private async kept(podUid: string, token: string, claims: PodClaims): Promise<PodCredentials | undefined> {
    const entry = this.#entries.get(podUid);
    if (!entry) return undefined;
    if (this.left(entry.credentials) <= LEAST) {
      this.#entries.delete(podUid);
      return undefined;
    }
    if (entry.token !== token) {
      if (!(await this.parts.isGood(token, claims))) return undefined;
      entry.token = token;
    }
    return entry.credentials;
  }

  private async fetchAndKeep(podUid: string, token: string): Promise<PodCredentials> {
    const credentials = await this.parts.fetch(token);
    const left = this.left(credentials);
    if (left <= LEAST) {
      const seconds = (left / 1_000).toFixed(2);
      throw new AgentRefusal(
        500,
        "error getting credentials to cache: fetched credentials are expired or will expire within the next " +
          `${seconds} seconds`,
      );
    }
    const renewal = this.parts.now() + Math.min(left, RENEWED_AFTER);
    this.#entries.set(podUid, { token, credentials, renewal });
    return credentials;
  }

  private async renew(podUid: string, entry: Entry): Promise<void> {
    try {
      await this.fetchAndKeep(podUid, entry.token);
    } catch (error) {
      if (this.#entries.get(podUid) !== entry) return; // another request was quicker
      if (error instanceof EksRefusal && irrecoverable.includes(error.code)) {
        this.#entries.delete(podUid);
        return;
      }
      const wait = RETRY + this.parts.chance() * RETRY;
      entry.renewal = this.parts.now() + Math.min(this.left(entry.credentials), wait);
    }
  }

  private left({ expires }: PodCredentials): number {
    return expires - this.parts.now();
  }
}
