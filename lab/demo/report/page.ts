import { markup, Html, type Content } from "./markup";
import { IN_WORDS } from "../identity";
import type { ClusterView, ReportModel } from "./model";
import { picture } from "./picture";
import type { ProofRow } from "../table";
import { proofTable } from "./proof";
import { STYLE } from "./style";
import { sizeOfTrustPolicy, trustPolicy } from "./trustPolicy";

/** Nothing is loaded and nothing runs: the page has styles of its own and is otherwise text. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The whole report, as one HTML file. */
export function renderPage(model: ReportModel): string {
  const { clusters, role } = model;
  const title = `One role for ${count(clusters.length, "cluster")}: ${role.name}`;
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <p class="brand">eks-irsa demo</p>
          <h1>One role for ${count(clusters.length, "cluster")}</h1>
          ${summary(model)}
          <p class="when">${when(model.when)}</p>
        </header>
        <main>
          ${section("picture", "What was deployed", picture(model))}
          ${section("proof", "Who may, and who may not", proofTable(model))}
          ${section("policy", "The trust policy", trustPolicy(model))}
          ${section("size", "Its size", sizeOfTrustPolicy(model))} ${section("run", "This run", run(model))}
        </main>
        <footer>
          <p>Make it again: <code>${model.command}</code></p>
        </footer>
      </body>
    </html> `;
  return page.text;
}

function section(id: string, title: string, content: Html): Html {
  return markup`<section aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;
}

function summary({ rows, clusters, role }: ReportModel): Html {
  const failed = rows.filter(({ ok }) => !ok);
  const accounts = clusters.flatMap((cluster) => cluster.accounts).length;
  const lines = count(rows.length, "line");
  const verdict =
    failed.length === 0
      ? markup`<strong class="verdict-line ok">✓ All ${lines} are as expected:</strong> the role`
      : markup`<strong class="verdict-line fail">✗ ${failed.length} of ${lines} are not as expected:</strong>
          ${failed.map(nameOf).join("; ")}. The role`;
  return markup`<p class="summary">${verdict} <code>${role.name}</code> is bound to
    ${count(accounts, "ServiceAccount")} in ${count(clusters.length, "cluster")}. ${modes(clusters)}</p>`;
}

/** How pods get the role; where clusters differ, each says it for itself. */
function modes(clusters: ClusterView[]): Content {
  const [mode, ...more] = new Set(clusters.map(({ identity }) => identity));
  if (mode === undefined) {
    return "";
  }
  return more.length === 0
    ? markup`Pods get it ${IN_WORDS[mode]}.`
    : clusters.map(({ name, identity }) => markup`Pods of ${name} get it ${IN_WORDS[identity]}. `);
}

function nameOf({ who, cluster, tried }: ProofRow): string {
  return `${who} of ${cluster} (${tried})`;
}

function run({ versions, seconds }: ReportModel): Html {
  const total = Object.values(seconds).reduce((sum, one) => sum + one, 0);
  const stages = Object.entries(seconds).map(
    ([title, took]) =>
      markup`<tr>
        <th scope="row">${title}</th>
        <td class="number">${took.toFixed(1)} s</td>
      </tr>`,
  );
  return markup`<div class="run">
    <table>
      <caption>
        How long it took
      </caption>
      <thead>
        <tr>
          <th scope="col">stage</th>
          <th scope="col" class="number">seconds</th>
        </tr>
      </thead>
      <tbody>
        ${stages}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">together</th>
          <td class="number">${total.toFixed(1)} s</td>
        </tr>
      </tfoot>
    </table>
    <table>
      <caption>
        Versions
      </caption>
      <thead>
        <tr>
          <th scope="col">of</th>
          <th scope="col">version</th>
        </tr>
      </thead>
      <tbody>
        ${Object.entries(versions).map(
          ([name, version]) =>
            markup`<tr>
              <th scope="row">${name}</th>
              <td>${version}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function when(date: Date): Html {
  const iso = date.toISOString();
  return markup`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
