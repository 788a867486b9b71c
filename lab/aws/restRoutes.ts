import { describeAsItIs } from "./eks";
import { exchange } from "./forward";
import { addonRoutes } from "./podIdentity/addons";
import { associationRoutes } from "./podIdentity/associations";
import { authRoutes, type AuthParts } from "./podIdentity/auth";
import { tagRoutes } from "./podIdentity/tags";
import type { RestRoute } from "./rest";

const cluster = "/clusters/{cluster}";

/** Everything of the REST services that is not simply moto's; add a line to add a behaviour. */
export const restRoutes: RestRoute<AuthParts>[] = [
  {
    service: "eks",
    method: "GET",
    path: cluster,
    answer: async ({ path, region }, { moto, clusters }, { call, bytes }) => {
      const known = clusters.find((one) => one.name === path["cluster"] && one.region === region);
      return describeAsItIs(await exchange(moto.url, call.incoming, bytes), known);
    },
  },
  {
    service: "eks",
    method: "DELETE",
    path: cluster,
    answer: async (_call, { moto, podIdentity }, { call, bytes }) => {
      const answer = await exchange(moto.url, call.incoming, bytes);
      if (answer.status === 200) {
        const deleted = JSON.parse(answer.body.toString()) as { cluster: { arn: string } };
        podIdentity.forget(deleted.cluster.arn);
      }
      return answer;
    },
  },
  ...associationRoutes,
  ...addonRoutes,
  ...tagRoutes,
  ...authRoutes,
];
