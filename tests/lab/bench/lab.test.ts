import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { stageTable } from "../../../lab/bench/lab/demo";
import {
  byKind,
  kindOf,
  memoryOfRun,
  proportionalKibibytes,
  residentLine,
  totalGibibytes,
} from "../../../lab/bench/lab/memory";
import { RUN_MARKER } from "../../../lab/supervisor/marker";

describe("the memory of a lab", () => {
  it("is told by what its processes are, as their command lines say", () => {
    for (const [command, kind] of [
      ["/cache/kube-apiserver-v1.37.2/kube-apiserver --etcd-prefix=/run/c ", "kube-apiserver"],
      [
        "/cache/kube-controller-manager-v1.37.2/kube-controller-manager --kubeconfig=x ",
        "kube-controller-manager",
      ],
      ["/cache/etcd-v3.7.3/etcd --name=lab ", "etcd"],
      ["/cache/python/bin/python /clone/lab/aws/motoServer.py -H 127.0.0.1 ", "moto"],
      ["/usr/bin/node --import tsx /clone/lab/node/main.ts /run/nodes.json ", "nodes"],
      [
        "/usr/bin/node --import tsx /clone/lab/supervisor/main.ts ",
        "supervisor, with the front of AWS, webhooks and agents",
      ],
      ["/bin/sh -c cat /etc/etcd ", "others"],
    ] as const) {
      assert.equal(kindOf(command), kind);
    }
  });

  it("is the sum of its processes' shares", () => {
    const rollup =
      "55d0-7ffe ---p 00000000 00:00 0  [rollup]\nRss:  4096 kB\nPss:  1536 kB\nPss_Anon:  900 kB\n";
    assert.equal(proportionalKibibytes(rollup), 1536);
    assert.throws(() => proportionalKibibytes("Rss: 4096 kB\n"), /no Pss/);
    const processes = [
      { kind: "etcd", mebibytes: 512 },
      { kind: "kube-apiserver", mebibytes: 1024 },
      { kind: "etcd", mebibytes: 1024 },
    ];
    assert.equal(totalGibibytes(processes), 2.5);
    assert.deepEqual(byKind(processes), [
      { kind: "etcd", count: 2, mebibytes: 1536 },
      { kind: "kube-apiserver", count: 1, mebibytes: 1024 },
    ]);
  });

  it("is what is resident, where shares are not told", () => {
    assert.deepEqual(residentLine("  2048 /usr/local/bin/etcd\n"), { kind: "etcd", mebibytes: 2 });
    assert.equal(residentLine(""), undefined);
  });

  it("is that of the processes with the run's mark, and of no others", async () => {
    const run = `bench-test-${process.pid}`;
    const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000); console.log('up')"], {
      env: { ...process.env, NODE_OPTIONS: undefined, [RUN_MARKER]: run },
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      await once(child.stdout, "data");
      const [only, ...more] = memoryOfRun(run);
      assert.deepEqual(more, []);
      assert.equal(only?.kind, "others");
      assert.ok(only.mebibytes > 5 && only.mebibytes < 500, `${only.mebibytes} MiB`);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

describe("the stages of the demo", () => {
  it("are told with their medians, and with what is between them", () => {
    const runs = [
      { all: 10, stages: { start: 2, up: 5 } },
      { all: 20, stages: { start: 1, up: 9 } },
      { all: 11, stages: { start: 3, up: 6 } },
    ];
    assert.deepEqual(stageTable(runs).rows, [
      ["start", "2.0"],
      ["up", "6.0"],
      ["loading programs, opening the stack, ending the lab", "3.0"],
    ]);
  });
});
