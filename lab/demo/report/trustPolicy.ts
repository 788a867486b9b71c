import { formatCount } from "../../setup/progress";
import { colourOf } from "./colours";
import { markup, type Content, type Html } from "./markup";
import { prettyJson } from "./json";
import type { ReportModel } from "./model";

const NOBODY = "no cluster of this stack";

/** The whole trust policy as text; each statement stands in its cluster's colour, under its cluster's name. */
export function trustPolicy({ trust, clusters }: ReportModel): Html {
  const statements = trust.statements.map(({ clusters: of, podIdentity, statement, cost }, index) => {
    const comma = index < trust.statements.length - 1 ? "," : "";
    return markup`<div class="statement ${colourClass(clusters, of)}">
      <p class="of">${labels(clusters, of)} ${podIdentity ? "by Pod Identity, " : ""}${formatCount(cost)} characters</p>
      <pre>    ${prettyJson(statement, "    ")}${comma}</pre>
    </div>`;
  });
  const version = markup`  <span class="key">"Version"</span>: ${prettyJson(trust.version)},`;
  return markup`<div class="document" role="group" aria-label="The trust policy as JSON">
    <pre>{\n${version}\n  <span class="key">"Statement"</span>: [</pre>
    ${statements}
    <pre>  ]\n}</pre>
  </div>`;
}

/** How much of the limit it takes, as a bar and as a table. */
export function sizeOfTrustPolicy({ trust, clusters }: ReportModel): Html {
  const { size, maxSize, rest, statements } = trust;
  const whole = Math.max(size, maxSize);
  const percent = (part: number) => `${((part / whole) * 100).toFixed(2)}%`;
  const share = `${formatCount(size)} of ${formatCount(maxSize)} characters, ${Math.round((size / maxSize) * 100)} %`;
  const left = maxSize - size;
  return markup`<p class="figure">
      <strong>${formatCount(size)}</strong> of ${formatCount(maxSize)} characters,
      ${left >= 0 ? `${formatCount(left)} are left` : `${formatCount(-left)} too many`}
    </p>
    <div class="bar" role="img" aria-label="${share}">
      <span class="part other" style="width:${percent(rest)}"></span>
      ${statements.map(({ clusters: of, cost }) => markup`<span class="part ${colourClass(clusters, of)}" style="width:${percent(cost)}"></span>`)}
    </div>
    <table class="costs">
      <caption>
        What each statement costs (IAM does not count white space)
      </caption>
      <thead>
        <tr>
          <th scope="col">part</th>
          <th scope="col" class="number">characters</th>
        </tr>
      </thead>
      <tbody>
        ${statements.map(
          ({ clusters: of, podIdentity, cost }) =>
            markup`<tr class="${colourClass(clusters, of)}">
              <th scope="row">${labels(clusters, of)} ${podIdentity ? "by Pod Identity" : ""}</th>
              <td class="number">${formatCount(cost)}</td>
            </tr>`,
        )}
        <tr>
          <th scope="row">the frame around them</th>
          <td class="number">${formatCount(rest)}</td>
        </tr>
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">together</th>
          <td class="number">${formatCount(size)}</td>
        </tr>
      </tfoot>
    </table>`;
}

/** The names of a statement's clusters, each in its colour. */
function labels(clusters: ReportModel["clusters"], names: string[]): Content {
  return names.length === 0
    ? markup`<span class="label">${NOBODY}</span>`
    : names.map((name) => markup`<span class="label ${colourClass(clusters, [name])}">${name}</span> `);
}

/** A cluster's colour; what is of several clusters, or of none, has another. */
function colourClass(clusters: ReportModel["clusters"], [name, ...more]: string[]): string {
  const cluster = more.length === 0 ? clusters.find((one) => one.name === name) : undefined;
  return cluster ? colourOf(cluster.index) : "other";
}
