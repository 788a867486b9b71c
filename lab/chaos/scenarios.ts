import type { Lab } from "../supervisor/client";
import { faultyAws, randomlyFaultyAws } from "./faultyAws";
import { clustersGone } from "./gone";
import { killedPlugins, lostCreates, upTooEarly } from "./lost";
import { outage } from "./outages";
import type { Row } from "./trial";

/** Troubles that are always the same, beside the engine's end at a moment of a seed's choice. */
export interface Scenario {
  name: string;
  title: string;
  /** How long it takes on two cores. */
  usually: string;
  run: (lab: Lab) => Promise<Row[]>;
  /** Too long for each run of the tests, which have its like. */
  long?: boolean;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: "outage", usually: "30 s", title: "the API server of one of three clusters is down", run: outage },
  { name: "faults", usually: "20 s", title: "AWS throttles, fails and is slow", run: faultyAws },
  {
    name: "random",
    usually: "30 s",
    title: "AWS fails at half of its calls",
    run: randomlyFaultyAws,
    long: true,
  },
  { name: "plugins", usually: "20 s", title: "a plugin is killed", run: killedPlugins },
  { name: "lost", usually: "40 s", title: "a create is done and nobody knows", run: lostCreates },
  { name: "early", usually: "20 s", title: "the engine is killed, and up is run at once", run: upTooEarly },
  { name: "gone", usually: "20 s", title: "clusters are gone for good", run: clustersGone },
];
