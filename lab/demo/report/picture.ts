import { colourOf } from "./colours";
import { markup, type Content, type Html } from "./markup";
import type { AccountBox, ClusterView, ReportModel } from "./model";
import type { PodIdentityView } from "./podIdentity";

/** The picture: clusters, how they come to the role, the one role, ServiceAccounts and pods, from left to right. */
export function picture({ clusters, role }: ReportModel): Html {
  const trusted = clusters.filter(({ trusted }) => trusted).length;
  const associated = clusters.some(({ podIdentity }) => podIdentity !== undefined);
  return markup`<figure class="picture" aria-labelledby="picture-text">
    <div class="stage">
      <ol
        class="lanes"
        aria-label="Clusters and their ${associated ? "ways to the role" : "OIDC providers"}"
      >
        ${clusters.map(issuing)}
      </ol>
      ${fan("in", clusters, ({ trusted }) => trusted)}
      <div class="role-place">
        <div class="box role" role="group" aria-label="The role ${role.name}" data-urn="${role.urn}">
          ${kind("IAM role")}<strong class="name">${role.name}</strong>
          <span class="detail code">${role.arn}</span>
          ${role.policies.length === 0 ? markup`<span class="detail">has no policy</span>` : markup`<span class="detail">permits</span>`}
          ${role.policies.map(({ urn, name }) => markup`<span class="policy code" data-urn="${urn}">${name}</span>`)}
        </div>
      </div>
      ${fan("out", clusters, ({ accounts }) => accounts.length > 0)}
      <ol class="lanes using" aria-label="ServiceAccounts and pods, by cluster">
        ${clusters.map(using)}
      </ol>
    </div>
    <figcaption id="picture-text">
      As it is in the stack's state: ${trusted} of ${clusters.length} clusters
      ${associated ? "are in the role's trust policy" : "have their OIDC provider in the role's trust policy"},
      and give the role to the ServiceAccounts at the end of their line.
    </figcaption>
  </figure>`;
}

/** The half of a cluster that makes tokens and vouches for them. */
function issuing(cluster: ClusterView): Html {
  const { name, region, urn, podIdentity } = cluster;
  const detail = [region, urn === undefined ? "no Kubernetes provider of the stack" : undefined];
  return markup`<li class="lane ${colourOf(cluster.index)}" data-cluster="${name}">
    <div class="box cluster" ${urnOf(urn)}>
      ${kind("cluster")}<strong class="name">${name}</strong>
      ${detail.filter((text) => text !== undefined).map((text) => markup`<span class="detail">${text}</span>`)}
    </div>
    ${arrow()}
    <div class="ways">${oidcProvider(cluster)}${podIdentity && associationsOf(podIdentity)}</div>
  </li>`;
}

function oidcProvider({ provider, trusted }: ClusterView): Content {
  return (
    provider &&
    markup`<div class="box provider${provider.urn === undefined ? " adopted" : ""}" ${urnOf(provider.urn)}>
      ${kind(provider.urn === undefined ? "OIDC provider, adopted" : "OIDC provider")}
      <span class="name code">${provider.issuer.replace(/^https:\/\//, "")}</span>
      ${trusted ? "" : markup`<span class="detail">not in the trust policy</span>`}
    </div>`
  );
}

function associationsOf({ associations, agent }: PodIdentityView): Html {
  return markup`<div class="box associations">
    ${kind("Pod Identity associations")}
    ${associations.map(({ urn, name }) => markup`<strong class="name" data-urn="${urn}">${name}</strong>`)}
    ${agent && markup`<span class="detail" data-urn="${agent.urn}">by the agent, ${agent.name}</span>`}
  </div>`;
}

/** The half of a cluster that uses the role. */
function using(cluster: ClusterView): Html {
  const { name, accounts } = cluster;
  return markup`<li
    class="lane ${colourOf(cluster.index)}${accounts.length === 0 ? " empty" : ""}"
    data-cluster="${name}"
  >
    <span class="where">in <b>${name}</b></span>
    ${accounts.length === 0 ? markup`<span class="detail">no ServiceAccount</span>` : ""}
    ${accounts.map(account)}
  </li>`;
}

function account({ urn, name, pod }: AccountBox): Html {
  return markup`<div class="pair">
    <div class="box account" data-urn="${urn}">
      ${kind("ServiceAccount")}<strong class="name">${name}</strong>
    </div>
    ${
      pod &&
      markup`${arrow()}
        <div class="box pod" data-urn="${pod.urn}">
          ${kind("pod")}<strong class="name">${pod.name}</strong>
          <span class="state ${pod.state.mood}">${pod.state.text}</span>
        </div>`
    }
  </div>`;
}

function kind(text: string): Html {
  return markup`<span class="kind">${text}</span>`;
}

function urnOf(urn: string | undefined): Content {
  return urn === undefined ? "" : markup` data-urn="${urn}"`;
}

function arrow(): Html {
  return markup`<svg class="arrow" viewBox="0 0 24 12" aria-hidden="true">
    <path class="line" d="M1 6H18" />
    <path class="head" d="M16 1.5 23 6 16 10.5Z" />
  </svg>`;
}

/** The lines between the lanes, which are all of one height, and the role in the middle. */
function fan(way: "in" | "out", clusters: ClusterView[], drawn: (cluster: ClusterView) => boolean): Html {
  const height = clusters.length * 100;
  const middle = height / 2;
  const lines = clusters.filter(drawn).map(({ index }) => {
    const lane = index * 100 + 50;
    const [from, to] = way === "in" ? [lane, middle] : [middle, lane];
    return markup`<path class="line ${colourOf(index)}" d="M0 ${from}C55 ${from} 45 ${to} 100 ${to}" />`;
  });
  return markup`<svg
    class="fan ${way}"
    viewBox="0 0 100 ${height}"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${lines}
  </svg>`;
}
