import type { Lab } from "../supervisor/client";
import { faultsOf } from "./course";
import { FULL, openFleet } from "./fleet";
import { realityOf } from "./reality";
import { held } from "./rules";
import { Trial, type Row } from "./trial";

/** Whose API server fails. */
const DOWN = "ireland";

/** After an error the engine begins nothing new unless it is told to; what is under way it finishes. */
const CONTINUE = { PULUMI_CONTINUE_ON_ERROR: "true" };

/** The API server of one of three clusters ends in the middle of `up`, and again before `destroy`. */
export async function outage(lab: Lab): Promise<Row[]> {
  const fleet = await openFleet(lab, { direct: true });
  try {
    const others = fleet.clusters.filter(({ name }) => name !== DOWN);
    const stack = await fleet.stack(FULL);
    const persistent = await fleet.stack(FULL, CONTINUE);

    const up = new Trial();
    const hold = held(({ name }) => name === "CreateRole", "before");
    fleet.gates.interfere(hold.rule);
    const failing = up.fails("up", persistent.up(), new RegExp(`${DOWN}/.*connection refused`));
    await hold.reached;
    await lab.setCluster(DOWN, "down");
    hold.release();
    await failing;
    up.add(await faultsOf(fleet, stack, others));
    const made = [...(await realityOf(fleet, others)).keys()];
    for (const name of ["virginia-blue/.*/reader", "virginia-blue/.*/writer", "virginia-green/.*/reader"]) {
      up.expect(
        made.some((one) => new RegExp(name).test(one)),
        `${name} was not made`,
      );
    }
    await up.fails("up again", persistent.up(), "configured Kubernetes cluster is unreachable", `${DOWN}/`);
    await lab.setCluster(DOWN, "up");
    await up.succeeds("up with all clusters there", stack.up());
    up.add(await faultsOf(fleet, stack));

    const destroy = new Trial();
    await lab.setCluster(DOWN, "down");
    await destroy.fails(
      "destroy",
      persistent.destroy(),
      "configured Kubernetes cluster is unreachable",
      `${DOWN}/`,
    );
    const left = [...(await realityOf(fleet, others)).keys()].filter((name) =>
      name.startsWith("ServiceAccount"),
    );
    destroy.expect(left.length === 0, `${left.join(", ")}: not deleted, while only ${DOWN} was down`);
    await lab.setCluster(DOWN, "up");
    await destroy.succeeds("destroy with all clusters there", stack.destroy());
    destroy.add(await faultsOf(fleet, stack));

    const trouble = `API server of ${DOWN} down`;
    return [
      up.row({ name: "outage", operation: "up", trouble, recovery: "up again" }),
      destroy.row({ name: "outage", operation: "destroy", trouble, recovery: "destroy again" }),
    ];
  } finally {
    await lab.setCluster(DOWN, "up");
    await fleet.close();
  }
}
