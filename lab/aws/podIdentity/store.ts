/** An association of a ServiceAccount with a role, as EKS keeps it. */
export interface Association {
  /** `a-` and 17 letters or digits. */
  id: string;
  arn: string;
  namespace: string;
  serviceAccount: string;
  roleArn: string;
  targetRoleArn?: string;
  disableSessionTags: boolean;
  /** A session policy, JSON. */
  policy?: string;
  tags: Record<string, string>;
  createdAt: Date;
  modifiedAt: Date;
  clientRequestToken?: string;
}

/** An add-on of a cluster. */
export interface Addon {
  name: string;
  arn: string;
  version: string;
  configurationValues?: string;
  tags: Record<string, string>;
  createdAt: Date;
  modifiedAt: Date;
}

/** Which cluster is meant: names are unique in one region of one account. */
export interface ClusterPlace {
  partition: string;
  accountId: string;
  region: string;
  name: string;
}

/** What EKS keeps of one cluster for Pod Identity, by id and by name, in the order in which it came. */
export interface ClusterState {
  associations: Map<string, Association>;
  addons: Map<string, Addon>;
}

/** The associations and add-ons of all clusters, as long as the front runs. */
export class PodIdentityStore {
  readonly #clusters = new Map<string, ClusterState>();

  of(place: ClusterPlace): ClusterState {
    const arn = clusterArn(place);
    const state = this.#clusters.get(arn) ?? { associations: new Map(), addons: new Map() };
    this.#clusters.set(arn, state);
    return state;
  }

  /** A cluster that is deleted takes all of this with it; one made anew under its name has none. */
  forget(arn: string): void {
    this.#clusters.delete(arn);
  }
}

export function clusterArn(place: ClusterPlace): string {
  return eksArn(place, `cluster/${place.name}`);
}

export function eksArn({ partition, region, accountId }: ClusterPlace, resource: string): string {
  return `arn:${partition}:eks:${region}:${accountId}:${resource}`;
}
